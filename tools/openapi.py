"""The API's description, made from the wire types: `python -m tools.openapi` rewrites it, `--check` compares.

One file, `shared/relance/resources/openapi.json`, served at `/v1/openapi.json`. What it says of bodies cannot drift
from what is accepted: both are the same msgspec Structs. Tests hold its paths against the routes and the template.
OpenAPI 3.1.1 (JSON Schema 2020-12).
"""

import argparse
import json
import re
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from relance.contracts.accounts import AccountsBody, AccountsView
from relance.contracts.approvals import (
    ApprovalBody,
    ApprovalsBody,
    DecidedList,
    DirectBody,
    ProposalView,
    ReminderQueue,
    WordsView,
)
from relance.contracts.archive import ConsistencyView, ProofView, StatusView
from relance.contracts.audience import AudienceView
from relance.contracts.billing import CorrectionBody, CreditNoteBody, IssueBody, PartBody, QuotesBody
from relance.contracts.catalogue import ItemBody, ItemPage, ItemView, PriceBody, PricePage, PriceView
from relance.contracts.closings import ClosingPage
from relance.contracts.company import CompanyBody, CompanyVersionPage, CompanyView
from relance.contracts.customers import ConsentBody, ConsentHistory, CustomerBody, CustomerPage, CustomerView
from relance.contracts.dunning_reports import DunningView, PrescriptionReport
from relance.contracts.duplicates import DuplicateView
from relance.contracts.e_reporting import EReporting
from relance.contracts.erasures import (
    ErasurePage,
    ErasureView,
    ProspectView,
    RetentionSettingsBody,
    RetentionSettingsView,
)
from relance.contracts.exports import ExportBody, ExportPage, ExportView
from relance.contracts.foresight import OutlookView, PreviewBody, PreviewView
from relance.contracts.history import HistoryBody, HistoryView
from relance.contracts.holds import (
    CustomerHoldView,
    DisputeBody,
    DisputeEndBody,
    FollowUpState,
    HoldBody,
    NoteBody,
    PromiseBody,
    PromiseEndBody,
)
from relance.contracts.invoice_views import InvoicePage, InvoiceView, IssuedTogether
from relance.contracts.invoices import InvoiceBody
from relance.contracts.late_terms import LateTermsBody, LateTermsView
from relance.contracts.letters import (
    DispatchBody,
    FormalNoticeBody,
    FormalNoticeList,
    FormalNoticeView,
    StatementView,
)
from relance.contracts.mail_texts import (
    MailTextBody,
    MailTextPage,
    MailTextView,
    MailTrialBody,
    MailView,
    ShortcodeList,
)
from relance.contracts.mentions import Mentions
from relance.contracts.page_links import PageLinkView
from relance.contracts.payments import (
    DepositReceivedBody,
    GroupedPayment,
    GroupedPaymentBody,
    MoneyBody,
    PaymentBody,
    PaymentList,
    RefundBody,
)
from relance.contracts.penalties import ClaimPage, PenaltiesView, WaiverBody
from relance.contracts.quote_reports import QuoteReport
from relance.contracts.quote_views import GeneralTermsView, QuotePage, QuoteView
from relance.contracts.quotes import CopyBody, ExtensionBody, QuoteBody, ReceiptBody
from relance.contracts.receivables import AgedBalanceView
from relance.contracts.reminder_settings import ReminderSettingsBody, ReminderSettingsView
from relance.contracts.reports import DelaysView, DsoView, TurnoverView
from relance.contracts.retention import PurgeBody, PurgePage, PurgePlanView, PurgeView, RetentionView
from relance.contracts.scenarios import ScenarioBody, ScenarioList, ScenarioView
from relance.contracts.segments import ActivationBody, QueryView, SegmentBody, SegmentPage, TrialView
from relance.contracts.statuses import CollectBody, CollectedView, ReceiverView, StatusBody, StatusList
from relance.contracts.tasks import TaskPage, TaskView
from relance.contracts.templates import TemplateBody, TemplateFromQuoteBody, TemplatePage, TemplateView
from relance.contracts.timelines import Timeline
from relance.contracts.vat import VatSettings
from relance.runtime.problems import CONTENT_TYPE, STATUS, Problem

TARGET = Path(__file__).resolve().parent.parent / "shared" / "relance" / "resources" / "openapi.json"
VERSION = "1"

Schema = type[msgspec.Struct]


@dataclass(frozen=True, slots=True)
class Operation:
    """One call. `answer` is a wire type, or a media type for bytes, or None for an empty answer."""

    method: str
    path: str
    id: str
    summary: str
    answer: Schema | str | None
    body: Schema | str | None = None
    status: int = 200
    paged: bool = False
    if_match: bool = False
    query: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """The first word of the path after the version."""
        return self.path.split("/")[2].removesuffix(".json")


COMPANY = (
    Operation(
        "get", "/v1/company", "getCompany", "L’entreprise : identité légale, régime, banque, marque", CompanyView
    ),
    Operation(
        "put",
        "/v1/company",
        "putCompany",
        "Renseigner ou remplacer l’entreprise ; If-Match dès la deuxième fois",
        CompanyView,
        CompanyBody,
        if_match=True,
    ),
    Operation(
        "get",
        "/v1/company/versions",
        "listCompanyVersions",
        "Ce que l’entreprise est et a été, avec ses dates",
        CompanyVersionPage,
        paged=True,
    ),
    Operation(
        "post",
        "/v1/company/history",
        "importHistory",
        "Reprendre l’historique d’un autre logiciel, avant le premier document",
        HistoryView,
        HistoryBody,
        status=201,
    ),
    Operation("get", "/v1/company/history", "getHistory", "L’historique repris", HistoryView),
    Operation(
        "put",
        "/v1/company/general-terms",
        "putGeneralTerms",
        "Déposer les conditions générales qui partent avec chaque devis ; ?name= les nomme",
        GeneralTermsView,
        "application/pdf",
        query=("name",),
    ),
    Operation(
        "get",
        "/v1/company/general-terms",
        "getGeneralTerms",
        "Les conditions générales en vigueur",
        "application/pdf",
    ),
    Operation(
        "delete",
        "/v1/company/general-terms",
        "deleteGeneralTerms",
        "Ne plus joindre de conditions générales",
        None,
        status=204,
    ),
    Operation(
        "get",
        "/v1/settings/late-rates",
        "getLateRates",
        "Les taux des pénalités de retard, datés, avec leur source",
        LateTermsView,
    ),
    Operation(
        "put",
        "/v1/settings/late-rates",
        "putLateRates",
        'Remplacer la table des taux ; If-Match: "0" la première fois',
        LateTermsView,
        LateTermsBody,
        if_match=True,
    ),
    Operation("get", "/v1/vat", "getVat", "Les taux de TVA en vigueur et les cas sans TVA", VatSettings),
    Operation("get", "/v1/openapi.json", "getOpenapi", "Cette description", "application/json"),
)
CUSTOMERS = (
    Operation("post", "/v1/customers", "createCustomer", "Créer un client", CustomerView, CustomerBody, 201),
    Operation(
        "get", "/v1/customers", "listCustomers", "Les clients, du plus récent au plus ancien", CustomerPage, paged=True
    ),
    Operation("get", "/v1/customers/{id}", "getCustomer", "Un client", CustomerView),
    Operation(
        "put", "/v1/customers/{id}", "putCustomer", "Remplacer un client", CustomerView, CustomerBody, if_match=True
    ),
    Operation(
        "get",
        "/v1/customers/{id}/consent",
        "getConsent",
        "Ce que le contact a choisi pour le suivi d’ouverture, avec ses preuves",
        ConsentHistory,
    ),
    Operation(
        "post",
        "/v1/customers/{id}/consent",
        "recordConsent",
        "Noter un consentement, un refus ou un retrait ; il vaut aussi pour les courriels déjà partis",
        ConsentHistory,
        ConsentBody,
    ),
    Operation(
        "get",
        "/v1/customers/{id}/timeline",
        "getCustomerTimeline",
        "L’histoire d’un client et de ses documents",
        Timeline,
    ),
    Operation(
        "get",
        "/v1/customers/{id}/erasure",
        "getErasure",
        "Si un client peut être effacé, ce qui l’interdit, quand il devra l’être",
        ProspectView,
    ),
    Operation(
        "post",
        "/v1/customers/{id}/erase",
        "eraseCustomer",
        "Effacer un prospect partout ; refusé tant qu’un document doit être conservé",
        ErasureView,
        status=202,
    ),
    Operation(
        "get", "/v1/erasures", "listErasures", "Les effacements proposés, en cours et faits", ErasurePage, paged=True
    ),
    Operation(
        "get",
        "/v1/settings/retention",
        "getRetentionSettings",
        "Ce qui est fait des prospects dont le délai est écoulé",
        RetentionSettingsView,
    ),
    Operation(
        "put",
        "/v1/settings/retention",
        "putRetentionSettings",
        "Choisir : proposer leur effacement, ou l’effectuer",
        RetentionSettingsView,
        RetentionSettingsBody,
        if_match=True,
    ),
)
CATALOGUE = (
    Operation("post", "/v1/items", "createItem", "Ajouter un article au catalogue", ItemView, ItemBody, 201),
    Operation(
        "get",
        "/v1/items",
        "listItems",
        "Les articles, du plus récent au plus ancien ; par référence, de A à Z, quand on en donne le début",
        ItemPage,
        paged=True,
        query=("reference",),
    ),
    Operation("get", "/v1/items/{id}", "getItem", "Un article", ItemView),
    Operation("put", "/v1/items/{id}", "putItem", "Remplacer un article", ItemView, ItemBody, if_match=True),
    Operation("delete", "/v1/items/{id}", "deleteItem", "Retirer un article", None, status=204, if_match=True),
    Operation(
        "get", "/v1/customers/{id}/prices", "listPrices", "Les prix particuliers d’un client", PricePage, paged=True
    ),
    Operation(
        "get", "/v1/customers/{id}/prices/{item_id}", "getPrice", "Le prix d’un article pour un client", PriceView
    ),
    Operation(
        "put",
        "/v1/customers/{id}/prices/{item_id}",
        "putPrice",
        "Donner ou remplacer ce prix ; If-Match dès la deuxième fois",
        PriceView,
        PriceBody,
        if_match=True,
    ),
    Operation(
        "delete",
        "/v1/customers/{id}/prices/{item_id}",
        "deletePrice",
        "Revenir au prix du catalogue",
        None,
        status=204,
        if_match=True,
    ),
    Operation(
        "post",
        "/v1/quote-templates",
        "createTemplate",
        "Enregistrer un modèle de devis",
        TemplateView,
        TemplateBody,
        201,
    ),
    Operation(
        "get", "/v1/quote-templates", "listTemplates", "Vos modèles, et ceux qui sont fournis", TemplatePage, paged=True
    ),
    Operation("get", "/v1/quote-templates/{id}", "getTemplate", "Un modèle de devis", TemplateView),
    Operation(
        "put",
        "/v1/quote-templates/{id}",
        "putTemplate",
        "Remplacer un modèle",
        TemplateView,
        TemplateBody,
        if_match=True,
    ),
    Operation(
        "delete",
        "/v1/quote-templates/{id}",
        "deleteTemplate",
        "Supprimer un modèle",
        None,
        status=204,
        if_match=True,
    ),
    Operation(
        "post",
        "/v1/quotes/{id}/template",
        "keepAsTemplate",
        "Garder un devis comme modèle",
        TemplateView,
        TemplateFromQuoteBody,
        201,
    ),
)
QUOTES = (
    Operation("post", "/v1/quotes", "createQuote", "Rédiger un brouillon de devis", QuoteView, QuoteBody, 201),
    Operation("get", "/v1/quotes", "listQuotes", "Les devis, du plus récent au plus ancien", QuotePage, paged=True),
    Operation("get", "/v1/quotes/{id}", "getQuote", "Un devis", QuoteView),
    Operation("put", "/v1/quotes/{id}", "putQuote", "Remplacer un brouillon", QuoteView, QuoteBody, if_match=True),
    Operation("delete", "/v1/quotes/{id}", "deleteQuote", "Supprimer un brouillon", None, status=204, if_match=True),
    Operation("post", "/v1/quotes/{id}/send", "sendQuote", "Numéroter, figer et envoyer", QuoteView),
    Operation(
        "post", "/v1/quotes/{id}/versions", "createVersion", "Rédiger la version suivante", QuoteView, status=201
    ),
    Operation(
        "post",
        "/v1/quotes/{id}/duplicate",
        "duplicateQuote",
        "Copier un devis, ou en faire une variante, un devis ou une facture pro forma",
        QuoteView,
        CopyBody,
        201,
    ),
    Operation("get", "/v1/quotes/{id}/variants", "listVariants", "Les autres devis du même besoin", QuotePage),
    Operation(
        "post",
        "/v1/quotes/{id}/amendments",
        "amendQuote",
        "Rédiger un avenant à un devis accepté",
        QuoteView,
        QuoteBody,
        201,
    ),
    Operation(
        "post",
        "/v1/quotes/{id}/extend",
        "extendQuote",
        "Prolonger la validité d’un devis envoyé, même expiré",
        QuoteView,
        ExtensionBody,
    ),
    Operation(
        "post",
        "/v1/quotes/{id}/receipt",
        "receiveGoods",
        "Noter la réception des biens : le délai de rétractation en court",
        QuoteView,
        ReceiptBody,
    ),
    Operation(
        "put",
        "/v1/quotes/{id}/general-terms",
        "encloseGeneralTerms",
        "Joindre d’autres conditions générales à un brouillon ; ?name= les nomme",
        QuoteView,
        "application/pdf",
        if_match=True,
        query=("name",),
    ),
    Operation("post", "/v1/quotes/{id}/cancel", "cancelQuote", "Annuler un devis sans réponse", QuoteView),
    Operation(
        "post",
        "/v1/quotes/{id}/invoices",
        "invoiceQuote",
        "Facturer un devis accepté : en entier, un acompte, une situation ou le solde",
        InvoiceView,
        PartBody,
        201,
    ),
    Operation(
        "get",
        "/v1/quotes/{id}/pdf",
        "getQuotePdf",
        "Le PDF envoyé, octet pour octet ; d’un brouillon, un aperçu marqué BROUILLON",
        "application/pdf",
    ),
    Operation(
        "get",
        "/v1/quotes/{id}/link",
        "getQuoteLink",
        "La page d’un devis : l’adresse du client, et celle de l’aperçu, qui ne compte pas comme une visite",
        PageLinkView,
    ),
    Operation("get", "/v1/quotes/{id}/timeline", "getQuoteTimeline", "Ce qui s’est passé autour du devis", Timeline),
    Operation(
        "get", "/v1/quotes/{id}/mentions", "getQuoteMentions", "Les mentions obligatoires, et ce qui manque", Mentions
    ),
)
INVOICES = (
    Operation(
        "post", "/v1/invoices", "createInvoice", "Rédiger un brouillon de facture", InvoiceView, InvoiceBody, 201
    ),
    Operation(
        "get",
        "/v1/invoices",
        "listInvoices",
        "Les factures, de la plus récente à la plus ancienne",
        InvoicePage,
        paged=True,
    ),
    Operation("get", "/v1/invoices/{id}", "getInvoice", "Une facture", InvoiceView),
    Operation(
        "put", "/v1/invoices/{id}", "putInvoice", "Remplacer un brouillon", InvoiceView, InvoiceBody, if_match=True
    ),
    Operation(
        "delete", "/v1/invoices/{id}", "deleteInvoice", "Supprimer un brouillon", None, status=204, if_match=True
    ),
    Operation("post", "/v1/invoices/{id}/issue", "issueInvoice", "Numéroter, figer et envoyer", InvoiceView),
    Operation(
        "post",
        "/v1/invoices/issue",
        "issueInvoices",
        "Émettre plusieurs brouillons ensemble : tous, ou aucun",
        IssuedTogether,
        IssueBody,
    ),
    Operation(
        "post",
        "/v1/invoices/from-quotes",
        "invoiceQuotes",
        "Facturer ensemble ce qui reste de plusieurs devis d’un client",
        InvoiceView,
        QuotesBody,
        201,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/credit-notes",
        "createCreditNote",
        "Faire un avoir : en entier, par lignes ou par montants",
        InvoiceView,
        CreditNoteBody,
        201,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/corrections",
        "correctInvoice",
        "Rédiger la facture rectificative qui remplacera celle-ci",
        InvoiceView,
        CorrectionBody,
        201,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/refunds",
        "createRefund",
        "Enregistrer un remboursement",
        InvoiceView,
        RefundBody,
        201,
    ),
    Operation(
        "post",
        "/v1/quotes/{id}/payments",
        "receiveDeposit",
        "Enregistrer un acompte reçu : sa facture d’acompte est émise et réglée",
        InvoiceView,
        DepositReceivedBody,
        201,
    ),
    Operation(
        "get",
        "/v1/invoices/{id}/receiver",
        "getReceiver",
        "Où la facture est adressée, et ce qu’en dit l’annuaire",
        ReceiverView,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/transmissions",
        "transmitInvoice",
        "Déposer sur la plateforme, une fois pour toutes",
        StatusList,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/statuses",
        "createStatus",
        "Noter un statut du cycle de vie (200 à 213)",
        StatusList,
        StatusBody,
        201,
    ),
    Operation("get", "/v1/invoices/{id}/statuses", "listStatuses", "Les statuts d’une facture", StatusList),
    Operation(
        "post",
        "/v1/statuses/collect",
        "collectStatuses",
        "Relever les statuts que la plateforme a laissés",
        CollectedView,
        CollectBody,
    ),
    Operation(
        "post",
        "/v1/payments",
        "createGroupedPayment",
        "Enregistrer un règlement de plusieurs factures",
        GroupedPayment,
        GroupedPaymentBody,
    ),
    Operation(
        "post", "/v1/invoices/{id}/payments", "createPayment", "Enregistrer un règlement", InvoiceView, PaymentBody, 201
    ),
    Operation("get", "/v1/invoices/{id}/payments", "listPayments", "Les règlements d’une facture", PaymentList),
    Operation(
        "get",
        "/v1/invoices/{id}/pdf",
        "getInvoicePdf",
        "Le PDF émis, octet pour octet ; d’un brouillon, un aperçu marqué BROUILLON",
        "application/pdf",
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/duplicates",
        "createDuplicate",
        "Faire un duplicata, marqué et numéroté, inscrit au journal",
        DuplicateView,
        status=201,
    ),
    Operation(
        "get",
        "/v1/invoices/{id}/duplicates/{item_id}",
        "getDuplicatePdf",
        "Le PDF d’un duplicata, octet pour octet",
        "application/pdf",
    ),
    Operation(
        "get",
        "/v1/invoices/{id}/link",
        "getInvoiceLink",
        "La page d’une facture : l’adresse du client, et celle de l’aperçu, qui ne compte pas comme une visite",
        PageLinkView,
    ),
    Operation(
        "get", "/v1/invoices/{id}/timeline", "getInvoiceTimeline", "Ce qui s’est passé autour de la facture", Timeline
    ),
    Operation(
        "get",
        "/v1/invoices/{id}/mentions",
        "getInvoiceMentions",
        "Les mentions obligatoires, et ce qui manque",
        Mentions,
    ),
)
ARCHIVE = (
    Operation(
        "get", "/v1/settings/accounts", "getAccounts", "Les comptes des écritures remises au comptable", AccountsView
    ),
    Operation(
        "put",
        "/v1/settings/accounts",
        "putAccounts",
        "Choisir ses numéros de compte",
        AccountsView,
        body=AccountsBody,
        if_match=True,
    ),
    Operation("get", "/v1/archive/status", "getArchiveStatus", "Jusqu’où l’archive est scellée", StatusView),
    Operation(
        "get",
        "/v1/archive/closings",
        "listClosings",
        "Les clôtures : ?kind=day, month ou year ; ?format=csv ou pdf pour la table, du jour from au jour to",
        ClosingPage,
        paged=True,
        query=("kind", "format", "from", "to"),
    ),
    Operation(
        "get", "/v1/archive/proofs/{id}", "getArchiveProof", "La preuve qu’un fait est dans l’archive", ProofView
    ),
    Operation(
        "get",
        "/v1/archive/proofs/{id}/pdf",
        "getArchiveProofSheet",
        "La même sur une page à imprimer",
        "application/pdf",
    ),
    Operation(
        "get",
        "/v1/archive/proofs/{id}/files",
        "getArchiveProofFiles",
        "Ses fichiers, à vérifier avec sha256sum et openssl",
        "application/zip",
    ),
    Operation(
        "get",
        "/v1/archive/consistency",
        "getArchiveConsistency",
        "La preuve que rien n’a été récrit entre deux points de contrôle",
        ConsistencyView,
        query=("from", "to"),
    ),
    Operation(
        "get",
        "/v1/archive/attestation",
        "getAttestation",
        "L’attestation individuelle de l’éditeur, à signer",
        "application/pdf",
    ),
    Operation(
        "post",
        "/v1/archive/exports",
        "createExport",
        "Exporter l’archive (entière ou d’une période), les écritures ou les ventes",
        ExportView,
        body=ExportBody,
        status=202,
    ),
    Operation("get", "/v1/archive/exports", "listExports", "Les exports demandés", ExportPage, paged=True),
    Operation("get", "/v1/archive/exports/{id}", "getExport", "Un export", ExportView),
    Operation(
        "get",
        "/v1/archive/retention",
        "getRetention",
        "Ce qui est conservé, combien de temps, d’après quel texte, et où",
        RetentionView,
    ),
    Operation("get", "/v1/archive/purges", "listPurges", "Les purges du journal en ligne", PurgePage, paged=True),
    Operation(
        "get",
        "/v1/archive/purges/{id}",
        "planPurge",
        "Ce qu’une purge jusqu’à la fin de cet exercice retirerait, et ce qui lui manque",
        PurgePlanView,
    ),
    Operation(
        "post",
        "/v1/archive/purges",
        "orderPurge",
        "Purger le journal en ligne jusqu’à la fin d’un exercice ; ?dry_run=1 montre sans rien faire",
        PurgeView,
        body=PurgeBody,
        status=202,
        query=("dry_run",),
    ),
)
REMINDERS = (
    Operation(
        "get", "/v1/scenarios", "listScenarios", "Vos scénarios, et ceux qui sont fournis", ScenarioList, paged=True
    ),
    Operation(
        "post",
        "/v1/scenarios",
        "publishScenario",
        "Publier la version suivante d’un scénario ; rien ne la suit encore",
        ScenarioView,
        ScenarioBody,
        201,
    ),
    Operation(
        "get", "/v1/scenarios/{id}", "getScenario", "Une version d’un scénario ; par son nom, la dernière", ScenarioView
    ),
    Operation(
        "post",
        "/v1/scenarios/{id}/preview",
        "previewScenario",
        "Les 60 prochains jours de ce scénario, document par document, avec le texte de chaque courriel",
        PreviewView,
        PreviewBody,
    ),
    Operation(
        "get",
        "/v1/quotes/{id}/reminders",
        "foreseeQuote",
        "Ce qui va se passer pour ce devis, et pourquoi",
        OutlookView,
    ),
    Operation(
        "get",
        "/v1/invoices/{id}/reminders",
        "foreseeInvoice",
        "Ce qui va se passer pour cette facture, et pourquoi",
        OutlookView,
    ),
    Operation(
        "post",
        "/v1/mail-texts",
        "createMailText",
        "Écrire un modèle de courriel, avec des codes comme {{reste_du}}",
        MailTextView,
        MailTextBody,
        201,
    ),
    Operation("get", "/v1/mail-texts", "listMailTexts", "Vos modèles de courriel", MailTextPage, paged=True),
    Operation(
        "post",
        "/v1/mail-texts/preview",
        "tryMailText",
        "Essayer un texte sur un document, ou sur un exemple",
        MailView,
        MailTrialBody,
    ),
    Operation("get", "/v1/mail-texts/{id}", "getMailText", "Un modèle de courriel", MailTextView),
    Operation(
        "put",
        "/v1/mail-texts/{id}",
        "putMailText",
        "Sa version suivante ; les scénarios gardent celle qu’ils nomment",
        MailTextView,
        MailTextBody,
        if_match=True,
    ),
    Operation(
        "delete",
        "/v1/mail-texts/{id}",
        "deleteMailText",
        "Retirer un modèle ; les scénarios qui le nomment le gardent",
        None,
        status=204,
        if_match=True,
    ),
    Operation("get", "/v1/shortcodes", "listShortcodes", "Les codes d’un courriel, et leur sens", ShortcodeList),
    Operation(
        "get",
        "/v1/reminders",
        "listReminders",
        "Ce qui attend une validation, puis les courriels et leur sort ; ?state=pending, sent, unknown ou refused",
        ReminderQueue,
        paged=True,
        query=("state",),
    ),
    Operation(
        "get", "/v1/reminders/{id}", "getReminder", "Une relance proposée, et ce qui en fut décidé", ProposalView
    ),
    Operation(
        "post",
        "/v1/reminders/{id}/approve",
        "approveReminder",
        "Valider une relance, telle quelle ou retouchée",
        ProposalView,
        ApprovalBody,
    ),
    Operation(
        "post",
        "/v1/reminders/{id}/preview",
        "previewReminder",
        "Lire une relance telle qu’elle partirait, avec vos retouches",
        WordsView,
        ApprovalBody,
    ),
    Operation("post", "/v1/reminders/{id}/skip", "skipReminder", "Écarter une relance", ProposalView),
    Operation(
        "post",
        "/v1/reminders/{id}/send-again",
        "sendReminderAgain",
        "Renvoyer un courriel dont on ne sait pas s’il est parti",
        ProposalView,
        status=201,
    ),
    Operation(
        "post",
        "/v1/reminders/approve",
        "approveReminders",
        "Valider plusieurs relances, chacune avec son résultat",
        DecidedList,
        ApprovalsBody,
    ),
    Operation(
        "post",
        "/v1/quotes/{id}/remind",
        "remindOfQuote",
        "Relance directe d’un devis, avec son PDF, tout de suite",
        ProposalView,
        DirectBody,
        201,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/remind",
        "remindOfInvoice",
        "Relance directe d’une facture, avec son PDF, tout de suite",
        ProposalView,
        DirectBody,
        201,
    ),
    Operation(
        "get",
        "/v1/tasks",
        "listTasks",
        "Ce qui reste à faire ; ?state=all pour tout",
        TaskPage,
        paged=True,
        query=("state",),
    ),
    Operation("post", "/v1/tasks/{id}/done", "finishTask", "Dire qu’une tâche est faite", TaskView),
)
SEGMENTS = (
    Operation(
        "post",
        "/v1/segments",
        "createSegment",
        "Écrire une requête intelligente, encore inactive",
        QueryView,
        SegmentBody,
        201,
    ),
    Operation(
        "get",
        "/v1/segments",
        "listSegments",
        "Les requêtes, un exemple pour commencer, et les champs qu’un filtre peut lire",
        SegmentPage,
        paged=True,
    ),
    Operation(
        "post",
        "/v1/segments/preview",
        "previewNewSegment",
        "Ce que trouverait une requête, sans rien enregistrer",
        TrialView,
        SegmentBody,
    ),
    Operation("get", "/v1/segments/{id}", "getSegment", "Une requête, et sa dernière nuit", QueryView),
    Operation(
        "put",
        "/v1/segments/{id}",
        "putSegment",
        "Remplacer une requête inactive",
        QueryView,
        SegmentBody,
        if_match=True,
    ),
    Operation(
        "post",
        "/v1/segments/{id}/preview",
        "previewSegment",
        "Ce que trouve une requête, et ce qui y entrerait cette nuit",
        TrialView,
    ),
    Operation(
        "post",
        "/v1/segments/{id}/activate",
        "activateSegment",
        "Activer une requête : dès la nuit prochaine, ce qui y entre suit son scénario",
        QueryView,
        ActivationBody,
    ),
    Operation("post", "/v1/segments/{id}/deactivate", "deactivateSegment", "Désactiver une requête", QueryView),
)
PREFERENCES = (
    Operation(
        "get",
        "/v1/settings/reminders",
        "getReminderSettings",
        "Comment l’entreprise relance : scénarios, absences, alertes",
        ReminderSettingsView,
    ),
    Operation(
        "put",
        "/v1/settings/reminders",
        "putReminderSettings",
        "Choisir comment l’entreprise relance ; le secret des appels n’est montré qu’à sa création",
        ReminderSettingsView,
        ReminderSettingsBody,
        if_match=True,
    ),
)
HOLDS = (
    Operation("get", "/v1/quotes/{id}/holds", "getQuoteHolds", "Où en est le suivi d’un devis", FollowUpState),
    Operation("get", "/v1/invoices/{id}/holds", "getInvoiceHolds", "Où en est le suivi d’une facture", FollowUpState),
    Operation(
        "post",
        "/v1/invoices/{id}/dispute",
        "disputeInvoice",
        "Ouvrir un litige sur une facture",
        FollowUpState,
        DisputeBody,
    ),
    Operation("post", "/v1/invoices/{id}/dispute/end", "endDispute", "Clore un litige", FollowUpState, DisputeEndBody),
    Operation(
        "post",
        "/v1/invoices/{id}/promise",
        "promiseInvoice",
        "Noter une promesse de paiement",
        FollowUpState,
        PromiseBody,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/promise/end",
        "endPromise",
        "Dire comment une promesse a fini",
        FollowUpState,
        PromiseEndBody,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/insolvency",
        "openInsolvency",
        "Noter une procédure collective : plus de relance",
        FollowUpState,
        NoteBody,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/insolvency/end",
        "endInsolvency",
        "Revenir sur une procédure collective",
        FollowUpState,
    ),
    Operation("post", "/v1/quotes/{id}/replied", "quoteReplied", "Le client a répondu", FollowUpState, NoteBody),
    Operation("post", "/v1/invoices/{id}/replied", "invoiceReplied", "Le client a répondu", FollowUpState, NoteBody),
    Operation(
        "post", "/v1/quotes/{id}/hold", "holdQuote", "Suspendre les relances d’un devis", FollowUpState, HoldBody
    ),
    Operation(
        "post", "/v1/invoices/{id}/hold", "holdInvoice", "Suspendre les relances d’une facture", FollowUpState, HoldBody
    ),
    Operation("post", "/v1/quotes/{id}/resume", "resumeQuote", "Reprendre les relances d’un devis", FollowUpState),
    Operation(
        "post", "/v1/invoices/{id}/resume", "resumeInvoice", "Reprendre les relances d’une facture", FollowUpState
    ),
    Operation(
        "get",
        "/v1/customers/{id}/hold",
        "getCustomerHold",
        "Si les relances d’un client sont suspendues",
        CustomerHoldView,
    ),
    Operation(
        "post",
        "/v1/customers/{id}/hold",
        "holdCustomer",
        "Suspendre les relances d’un client",
        CustomerHoldView,
        NoteBody,
    ),
    Operation(
        "post", "/v1/customers/{id}/resume", "resumeCustomer", "Reprendre les relances d’un client", CustomerHoldView
    ),
)
DUNNING = (
    Operation("get", "/v1/penalties", "listPenalties", "Les pénalités réclamées ou abandonnées", ClaimPage, paged=True),
    Operation(
        "get",
        "/v1/invoices/{id}/penalties",
        "getPenalties",
        "Les pénalités de retard d’une facture, calculées à l’instant, et ce qui en est réclamé",
        PenaltiesView,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/penalties/claim",
        "claimPenalties",
        "Réclamer les pénalités courues et l’indemnité, ou ce qui s’y est ajouté depuis",
        PenaltiesView,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/penalties/waive",
        "waivePenalties",
        "Abandonner les pénalités d’une facture, définitivement",
        PenaltiesView,
        WaiverBody,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/penalties/payments",
        "payPenalties",
        "Enregistrer un règlement de pénalités, à part de ceux de la facture",
        PenaltiesView,
        MoneyBody,
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/formal-notice",
        "prepareFormalNotice",
        "Préparer une mise en demeure : vous la lisez et la postez",
        FormalNoticeView,
        FormalNoticeBody,
        201,
    ),
    Operation(
        "get",
        "/v1/invoices/{id}/formal-notice",
        "listFormalNotices",
        "Les mises en demeure d’une facture",
        FormalNoticeList,
    ),
    Operation(
        "get",
        "/v1/invoices/{id}/formal-notice.pdf",
        "getFormalNoticePdf",
        "La dernière mise en demeure d’une facture, octet pour octet",
        "application/pdf",
    ),
    Operation(
        "post",
        "/v1/invoices/{id}/formal-notice/dispatch",
        "dispatchFormalNotice",
        "Noter que la lettre est partie, et son numéro de recommandé",
        FormalNoticeView,
        DispatchBody,
    ),
    Operation(
        "get",
        "/v1/invoices/{id}/dossier",
        "getDossier",
        "Le dossier d’une facture impayée pour une injonction de payer : pièces numérotées, avec un sommaire",
        "application/zip",
    ),
    Operation(
        "get",
        "/v1/customers/{id}/statement",
        "getStatement",
        "Le relevé de compte d’un client",
        StatementView,
    ),
    Operation(
        "get",
        "/v1/customers/{id}/statement.pdf",
        "getStatementPdf",
        "Le relevé de compte d’un client, en PDF",
        "application/pdf",
    ),
)
REPORTS = (
    Operation(
        "get",
        "/v1/reports/aged-balance",
        "getAgedBalance",
        "La balance âgée, aujourd’hui ou à une date passée (?on=) ; ?format=csv pour un tableur",
        AgedBalanceView,
        query=("on", "format"),
    ),
    Operation(
        "get",
        "/v1/reports/dso",
        "getDso",
        "Les jours de chiffre d’affaires que doivent les clients (DSO), de trois façons ; ?on= et ?days=",
        DsoView,
        query=("on", "days"),
    ),
    Operation(
        "get",
        "/v1/reports/payment-delays",
        "getPaymentDelays",
        "Le retard moyen des règlements d’une période, et la part payée à l’heure",
        DelaysView,
        query=("from", "to"),
    ),
    Operation(
        "get",
        "/v1/reports/dunning",
        "getDunningReport",
        "Ce que les relances d’une période ont fait rentrer ; promesses tenues, litiges",
        DunningView,
        query=("from", "to"),
    ),
    Operation(
        "get",
        "/v1/reports/tracking",
        "getTracking",
        "Le sort des courriels, les ouvertures en trois nombres, et les devis consultés sans réponse",
        AudienceView,
        query=("from", "to", "days"),
    ),
    Operation(
        "get",
        "/v1/reports/turnover",
        "getTurnover",
        "Le chiffre d’affaires par mois et par taux, les encaissements, les meilleurs clients",
        TurnoverView,
        query=("from", "to"),
    ),
    Operation(
        "get",
        "/v1/reports/quotes",
        "getQuoteReport",
        "Le sort des devis envoyés sur une période : taux, délais, effet des relances",
        QuoteReport,
        query=("from", "to"),
    ),
    Operation(
        "get",
        "/v1/reports/prescription",
        "getPrescription",
        "Jusqu’à quand chaque facture impayée peut être réclamée en justice",
        PrescriptionReport,
    ),
    Operation(
        "get",
        "/v1/reports/e-reporting",
        "getEReporting",
        "Les agrégats de l’e-reporting, par jour et par taux",
        EReporting,
        query=("from", "to"),
    ),
)
OPERATIONS = (
    *COMPANY,
    *CUSTOMERS,
    *CATALOGUE,
    *QUOTES,
    *INVOICES,
    *REMINDERS,
    *SEGMENTS,
    *PREFERENCES,
    *HOLDS,
    *DUNNING,
    *REPORTS,
    *ARCHIVE,
)

_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "description": "La même demande avec la même clé reçoit la première réponse, sans second effet, pendant 30 jours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
_IF_MATCH = {
    "name": "If-Match",
    "in": "header",
    "description": "L’ETag de la version lue. 412 si elle a changé depuis, 428 s’il manque.",
    "schema": {"type": "string"},
}
_PAGING = (
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100, "default": 50}},
    {"name": "cursor", "in": "query", "description": "Tel que reçu", "schema": {"type": "string"}},
)


def describe() -> dict[str, Any]:
    """The whole document."""
    schemas = _schemas(OPERATIONS)
    paths: dict[str, dict[str, Any]] = {}
    for operation in OPERATIONS:
        paths.setdefault(operation.path, {})[operation.method] = _described(operation)
    return {
        "openapi": "3.1.1",
        "info": {
            "title": "Relance",
            "version": VERSION,
            "description": "Du devis à l’encaissement. Montants, quantités et prix sont des nombres décimaux entre "
            "guillemets ; dates ISO 8601, jours civils de Paris, instants UTC avec Z.",
        },
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "bearer": {"type": "http", "scheme": "bearer", "description": "Jeton OIDC, ou clé d’API `rl_…`"}
            },
            "responses": {"Problem": _problem()},
            "schemas": schemas,
        },
    }


def _described(operation: Operation) -> dict[str, Any]:
    parameters: list[dict[str, Any]] = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"{(\w+)}", operation.path)
    ]
    if operation.method == "post":
        parameters.append(_KEY)
    if operation.if_match:
        parameters.append(_IF_MATCH)
    if operation.paged:
        parameters.extend(_PAGING)
    parameters.extend({"name": name, "in": "query", "schema": {"type": "string"}} for name in operation.query)
    described: dict[str, Any] = {"operationId": operation.id, "tags": [operation.tag], "summary": operation.summary}
    if parameters:
        described["parameters"] = parameters
    if operation.body:
        described["requestBody"] = {"required": True, "content": _content(operation.body)}
    described["responses"] = {
        str(operation.status): _answer(operation),
        "default": {"$ref": "#/components/responses/Problem"},
    }
    return described


def _answer(operation: Operation) -> dict[str, Any]:
    match operation.answer:
        case None:
            return {"description": "Fait"}
        case str() as media_type:
            return {"description": operation.summary, "content": {media_type: {}}}
        case schema:
            answer: dict[str, Any] = {"description": operation.summary, "content": _json(schema)}
            if "rev" in {field.name for field in msgspec.structs.fields(schema)}:
                answer["headers"] = {"ETag": {"schema": {"type": "string"}}}
            return answer


def _content(kind: Schema | str) -> dict[str, Any]:
    return {kind: {}} if isinstance(kind, str) else _json(kind)


def _json(schema: Schema) -> dict[str, Any]:
    return {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema.__name__}"}}}


def _problem() -> dict[str, Any]:
    statuses = sorted({int(status) for status, _ in STATUS.values()})
    listed = ", ".join(str(status) for status in statuses)
    return {
        "description": f"RFC 9457. Statuts possibles : {listed}. `code` est stable ; `faults` dit chaque erreur.",
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }


def _schemas(operations: Iterable[Operation]) -> dict[str, Any]:
    used: dict[Schema, None] = {Problem: None}
    for operation in operations:
        for schema in (operation.body, operation.answer):
            if isinstance(schema, type):
                used[schema] = None
    _, schemas = msgspec.json.schema_components(used, ref_template="#/components/schemas/{name}")
    for name, source in _COMPLETED:
        _relax(schemas, name, source)
    return dict(sorted(schemas.items()))


# What may leave fields out because something named in it has them: a template, an item of the catalogue.
_COMPLETED = (("QuoteBody", "template"), ("LineBody", "item"), ("QuoteLineBody", "item"))
_ALWAYS_SAID = {"customer_id", "quantity"}


def _relax(schemas: dict[str, Any], name: str, source: str) -> None:
    """Required is what only its author can say, and either the rest or what the rest comes from."""
    schema = schemas[name]
    required = schema["required"]
    schema["required"] = [field for field in required if field in _ALWAYS_SAID]
    rest = [field for field in required if field not in _ALWAYS_SAID]
    schema["anyOf"] = [{"required": rest}, {"required": [source]}]


def rendered() -> str:
    """The file, byte for byte."""
    return json.dumps(describe(), ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    """Write the file, or say that it is not what the types say."""
    parser = argparse.ArgumentParser(description="Write the OpenAPI document from the wire types.")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the file is out of date")
    if parser.parse_args().check:
        if not TARGET.exists() or TARGET.read_text() != rendered():
            sys.exit(f"{TARGET.name} is out of date: run `python -m tools.openapi`")
        return
    TARGET.write_text(rendered())


if __name__ == "__main__":
    main()
