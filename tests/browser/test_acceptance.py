"""A person before the page: reads, accepts, changes his mind, on a phone and at a desk."""

from datetime import timedelta

from playwright.sync_api import Page, expect

from relance.domain.party import TrackingConsent
from relance.domain.quote import QuoteStatus
from tests.browser.conftest import Served
from tests.builders import TENANT


def test_a_consumer_accepts_a_quote_in_two_steps(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{served.site.quote()}")
    expect(page.get_by_role("heading", level=1)).to_have_text("Rénovation du parquet du séjour")
    page.get_by_label("Vos nom et prénom").fill("Camille Lefèvre")
    page.get_by_label("Recopiez la mention").fill("bon pour accord")
    page.get_by_role("button", name="Vérifier ma commande").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vérifiez, puis confirmez votre commande")
    assert served.site.stored().status is QuoteStatus.SENT
    page.get_by_role("button", name="Commander avec obligation de paiement").click()
    expect(page.get_by_role("heading", name="Devis accepté")).to_be_visible()
    assert served.site.stored().status is QuoteStatus.ACCEPTED
    page.reload()
    expect(page.get_by_role("heading", name="Devis accepté")).to_be_visible()
    assert len([r for r in served.requests if r.endswith("/accept")]) == 2, "reloading sent nothing again"


def test_going_back_from_the_second_step_keeps_the_quote_open(served: Served, page: Page) -> None:
    token = served.site.quote()
    page.goto(f"{served.url}/q/{token}")
    page.get_by_label("Vos nom et prénom").fill("Camille Lefèvre")
    page.get_by_label("Recopiez la mention").fill("Bon pour accord")
    page.get_by_role("button", name="Vérifier ma commande").click()
    page.get_by_role("link", name="Revenir en arrière").click()
    expect(page).to_have_url(f"{served.url}/q/{token}")
    assert served.site.stored().status is QuoteStatus.SENT


def test_a_fault_takes_the_reader_to_its_field_and_keeps_what_he_typed(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{served.site.quote()}")
    page.get_by_label("Vos nom et prénom").fill("Camille Lefèvre")
    page.get_by_label("Recopiez la mention").fill("d’accord")
    page.get_by_role("button", name="Vérifier ma commande").click()
    mention = page.get_by_label("Recopiez la mention")
    expect(mention).to_be_focused()
    expect(mention).to_have_accessible_description("Recopiez exactement\u00a0: Bon pour accord")
    expect(page.get_by_label("Vos nom et prénom")).to_have_value("Camille Lefèvre")
    mention.fill("Bon pour accord")
    page.get_by_role("button", name="Vérifier ma commande").click()
    expect(page.get_by_text("Étape 2 sur 2")).to_be_visible()


def test_a_quote_is_refused_with_a_word(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{served.site.quote()}")
    page.get_by_text("Refuser ce devis", exact=True).click()
    page.get_by_label("Pourquoi").fill("Projet abandonné.")
    page.get_by_role("button", name="Je refuse ce devis").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vous avez refusé ce devis")
    refusal = served.site.stored().refusal
    assert refusal is not None
    assert refusal.reason == "Projet abandonné."


def test_a_question_is_sent_and_the_page_says_so(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{served.site.quote()}")
    page.get_by_text("Poser une question", exact=True).click()
    page.get_by_label("Votre question").fill("Le bois est-il français ?")
    page.get_by_role("button", name="Envoyer ma question").click()
    expect(page.get_by_role("status")).to_contain_text("Votre question est enregistrée")
    assert [a.data["text"] for a in served.site.noticed()] == ["Le bois est-il français ?"]


def test_a_quote_answered_in_another_tab_says_so(served: Served, page: Page) -> None:
    token = served.site.quote()
    page.goto(f"{served.url}/q/{token}")
    served.site.clock.advance(timedelta(days=40))
    page.get_by_label("Vos nom et prénom").fill("Camille Lefèvre")
    page.get_by_label("Recopiez la mention").fill("Bon pour accord")
    page.get_by_role("button", name="Vérifier ma commande").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ce devis a expiré")


def test_three_visible_seconds_and_a_gesture_are_a_look_and_a_glance_is_not(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{served.site.quote()}")
    page.wait_for_timeout(3_500)
    assert served.site.stored().first_viewed_at is None, "shown, and nobody touched it yet"
    with page.expect_response(lambda response: response.url.endswith("/seen")) as told:
        page.mouse.move(200, 300)
        page.mouse.wheel(0, 200)
    assert told.value.status == 204
    assert served.site.stored().first_viewed_at == served.site.clock.now()
    (look,) = served.site.noticed()
    assert (look.data["class"], look.data["reasons"]) == ("human_probable", "visible_3s gesture")
    assert int(look.data["seconds"]) >= 3


def test_ten_untouched_seconds_are_a_look_and_two_minutes_are_told_once_more(served: Served, page: Page) -> None:
    page.clock.install()
    page.goto(f"{served.url}/q/{served.site.quote()}")
    page.clock.run_for(9_500)
    assert served.site.noticed() == []
    with page.expect_response(lambda response: response.url.endswith("/seen")):
        page.clock.run_for(1_000)
    served.site.clock.advance(timedelta(seconds=110))
    with page.expect_response(lambda response: response.url.endswith("/seen")):
        page.clock.run_for(111_000)
    page.clock.run_for(600_000)
    looks = served.site.noticed()
    assert [look.data["reasons"] for look in looks] == ["visible_10s", "visible_10s"]
    assert int(looks[0].data["seconds"]) == 10
    assert int(looks[1].data["seconds"]) >= 120
    assert [alert.kind for alert in served.site.run().alerts] == ["viewed", "hot"]
    assert len([path for path in served.requests if path.endswith("/seen")]) == 2, "and then no more"


def test_the_pdf_is_one_button_away_and_its_reader_is_noticed(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/q/{served.site.quote()}")
    with page.context.expect_event("response", lambda response: response.url.endswith("/pdf")) as answer:
        page.get_by_role("button", name="Voir le PDF").locator("visible=true").first.click()
    assert (answer.value.status, answer.value.headers["content-type"]) == (200, "application/pdf")
    assert [look.kind for look in served.site.noticed()] == ["downloaded"]


def test_the_page_works_without_script(served: Served, page: Page) -> None:
    browser = page.context.browser
    assert browser is not None
    plain = browser.new_context(java_script_enabled=False).new_page()
    plain.goto(f"{served.url}/q/{served.site.quote()}")
    plain.get_by_label("Vos nom et prénom").fill("Camille Lefèvre")
    plain.get_by_label("Recopiez la mention").fill("Bon pour accord")
    plain.get_by_role("button", name="Vérifier ma commande").click()
    plain.get_by_role("button", name="Commander").click()
    expect(plain.get_by_role("heading", name="Devis accepté")).to_be_visible()
    plain.context.close()


def test_consent_is_taken_back_with_one_button(served: Served, page: Page) -> None:
    page.goto(f"{served.url}/u/{served.site.pixel()}")
    page.get_by_role("button", name="Ne plus suivre").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("n’est pas suivie")
    customer = served.site.store.get(TENANT, type(served.site.customer), served.site.customer.id)
    assert customer is not None
    assert customer.consent.tracking is TrackingConsent.WITHDRAWN
