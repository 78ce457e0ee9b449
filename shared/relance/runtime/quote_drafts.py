"""The bodies of quotes' drafts, completed from a template, then from the catalogue."""

from dataclasses import dataclass

import msgspec

from relance.app import templates
from relance.app.context import Caller, Context
from relance.app.ports.starters import StarterTemplates
from relance.contracts import forms
from relance.contracts.forms import Form
from relance.contracts.parse import parse
from relance.contracts.quotes import QuoteBody
from relance.contracts.templates import form_of
from relance.domain.errors import Fault, Invalid, NotFound
from relance.runtime.call import Call
from relance.runtime.pricing import priced


@dataclass(frozen=True, slots=True)
class QuoteBodies:
    """Reads the bodies of quotes' drafts."""

    ctx: Context
    starters: StarterTemplates

    def read(self, call: Call) -> QuoteBody:
        """The body of a quote's draft. Raises Invalid, pointing at a template or an item that is unknown."""
        form = forms.read_form(call.raw_body)
        if form is None:
            return call.body(QuoteBody)
        if name := forms.template_name(form):
            form = forms.from_template(form, self._template(call.caller, name))
        return parse(msgspec.json.encode(priced(self.ctx, call.caller, form, costs=True)), QuoteBody)

    def _template(self, caller: Caller, name: str) -> Form:
        try:
            template = templates.get(self.ctx, caller, name, self.starters)
        except NotFound as error:
            message = "Aucun modèle de devis ne porte cet identifiant : listez-les avec GET /v1/quote-templates."
            fault = Fault("/template", message, "unknown_template")
            raise Invalid("Ce devis nomme un modèle inconnu.", faults=[fault]) from error
        return form_of(template, templates.regime(self.ctx, caller))
