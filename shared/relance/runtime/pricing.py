"""The lines of a draft, completed from the catalogue before they are read: at today's prices, for that customer.

A request that names no item is read as it came, without a look at the store.
"""

from relance.app import catalogue
from relance.app.context import Caller, Context
from relance.contracts import forms
from relance.contracts.forms import Form
from relance.domain.currencies import EURO
from relance.domain.errors import Fault, Invalid


def priced(ctx: Context, caller: Caller, form: Form, *, costs: bool, at: str = "") -> Form:
    """The form with its lines completed from the catalogue, whose prices are in euros. `at` is where the form stands.

    Raises Invalid for unknown items, and for a document in another currency whose lines take the catalogue's price.
    """
    names = forms.item_names(form)
    if not any(names):
        return form
    offers = catalogue.offers(ctx, caller, forms.customer_name(form), names, at=f"{at}/lines")
    if form.get("currency", EURO) != EURO:
        message = "Les prix du catalogue sont en euros : donnez le prix de cette ligne dans la devise du document."
        faults = [
            Fault(f"{at}/lines/{index}/unit_price", message, "other_currency")
            for index, name in enumerate(names)
            if name and "unit_price" not in form["lines"][index]
        ]
        if faults:
            raise Invalid("Des prix manquent dans la devise du document.", faults=faults)
    return forms.from_catalogue(form, offers, costs=costs)
