"""What `make rebuild` tells whoever gives the command. [AR-02]"""

from relance.app.archiving.putting_back import Lost
from relance.app.archiving.rebuilding import Plan
from relance.domain.rebuild import Hole
from tests.builders import TENANT
from tools.rebuild_journal import told

HOLE = Plan(TENANT, archived=9, journal=12, head_seq=12, documents=(), holes=(Hole(3, 3), Hole(6, 9)), copied=2)


def test_a_hole_is_told_with_its_places_before_and_after() -> None:
    shown, done = told(HOLE, written=False), told(HOLE, written=True)
    assert "5 événements à remettre dans le journal : 3, 6 à 9.\n" in shown
    assert "5 événements remis dans le journal : 3, 6 à 9.\n" in done
    for words in (shown, done):
        assert words.startswith("Archive : 9 événements, intacte. Journal : 12. Tête : 12.\n")
        assert "Dans aucune archive, mais dans l’autre table, et confirmés par la chaîne : 2.\n" in words
        assert "elle ne change pas, les documents non plus.\n" in words


def test_one_line_is_told_in_the_singular_and_none_as_none() -> None:
    one = Plan(TENANT, archived=9, journal=12, head_seq=12, documents=(), holes=(Hole(3, 3),))
    assert "1 événement à remettre dans le journal : 3.\n" in told(one, written=False)
    restored = Plan(TENANT, archived=9, journal=9, head_seq=9, documents=(), is_restored=True)
    assert "0 événement à remettre dans le journal.\n" in told(restored, written=False)


def test_a_table_of_documents_that_is_older_changes() -> None:
    older = Plan(TENANT, archived=9, journal=5, head_seq=5, documents=(), holes=(Hole(6, 9),))
    assert "4 événements à remettre dans le journal : 6 à 9.\n" in told(older, written=False)
    assert "ne change pas" not in told(older, written=False)
    nothing = Plan(TENANT, archived=9, journal=9, head_seq=9, documents=())
    assert told(nothing, written=False).endswith("Rien à faire : le journal a tout ce qui est archivé.\n")


def test_documents_and_facts_have_french_names_and_one_event_is_no_plural() -> None:
    lost = Lost("invoice", "inv_1", "A-2026-0001", ("credit_note.issued",), ())
    company = Lost("company", "ten_a", "", ("settings.changed",), ("Ressaisissez la fiche.",))
    writes = (("Invoice", "inv_1"), ("Closing", "day.2026-11-20"), ("Closing", "month.2026-11"))
    holes = (Hole(9, 9),)
    plan = Plan(TENANT, archived=9, journal=8, head_seq=8, documents=(lost, company), holes=holes, writes=writes)
    words = told(plan, written=False)
    assert "1 événement à remettre dans le journal : 9.\n" in words
    assert "À remettre dans la table :\n  2 × clôture\n  1 × facture ou avoir\n" in words
    assert "Repris de l’archive :\n  A-2026-0001 : avoir émis\n" in words
    assert "À vérifier, entreprise ten_a (réglages modifiés) :\n  - Ressaisissez la fiche.\n" in words
