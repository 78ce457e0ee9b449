"""The monthly mail of the checkpoint in words: the note as text, its fingerprint, why to keep it and how to use it."""

from relance.adapters import french
from relance.adapters.html_jinja import environment, render, typography
from relance.adapters.mail_composer import tidy
from relance.adapters.palette import palette
from relance.app.ports.composing import ComposedMail
from relance.domain.content import seller_of
from relance.domain.party import Company
from relance.domain.pin_mail import Pin

_WHY = (
    "Relance vous écrit à l’adresse de votre entreprise une fois par mois. Cet envoi se coupe dans les réglages des "
    "relances."
)


class JinjaPinComposer:
    """Implements `relance.app.ports.composing.PinComposer`."""

    def compose_pin(self, pin: Pin, company: Company) -> ComposedMail:
        """See the port."""
        context = {"pin": pin, "day": french.day(pin.on), "count": _count(pin.size)}
        source = environment().get_template("mail/archive_pin.txt.j2")
        words = {
            name: typography("".join(block(source.new_context(context))).strip())
            for name, block in source.blocks.items()
        }
        dressed = {
            **words,
            "button": "",
            "ask": "",
            "opening_paragraphs": words["opening"].split("\n\n"),
            "greeting": "Bonjour,",
            "facts": [
                ("Entreprise", company.legal_name),
                ("Événements attestés", _count(pin.size)),
                ("Empreinte (SHA-256)", pin.fingerprint),
                ("Fichier joint", pin.filename),
            ],
            "note": pin.note.decode(),
            "statement": [],
            "news": _WHY,
            "number": "",
            "seller": seller_of(company),
            "seller_contact": [],
            "legal": "",
            "palette": palette(company.branding.colour),
            "link_url": "",
            "ask_url": "",
            "pixel_url": None,
            "untrack_url": None,
            "unsubscribe_url": None,
        }
        text = tidy(render("mail/layout.txt.j2", dressed))
        return ComposedMail(words["subject"], text, render("mail/layout.html.j2", dressed), words["opening"])


def _count(size: int) -> str:
    return f"{size:,}".replace(",", "\u202f")
