"""From a key or a membership to a tenant."""

import pytest

from relance.adapters.dynamo.access import DynamoAccess, DynamoAccessRegistry, api_key_pk, member_pk
from relance.adapters.dynamo.store import DynamoStore
from relance.app.ports.access import Grant
from tests.contract.store.conftest import ON_CLOUD, Place


@pytest.fixture(params=["moto", ON_CLOUD])
def place(request: pytest.FixtureRequest) -> Place:
    found: Place = request.getfixturevalue(f"{request.param}_place")
    return found


def access(place: Place, *pks: str) -> DynamoAccess:
    """The directory, with these entries for the tenant."""
    assert isinstance(place.store, DynamoStore)
    for pk in pks:
        place.store.database.core(pk, "-", tenant=place.tenant, user="louise", role="owner").save()
    return DynamoAccess(place.store.database)


def test_a_key_opens_its_tenant(place: Place) -> None:
    directory = access(place, api_key_pk(f"rl_{place.tenant}"))
    assert directory.of_api_key(f"rl_{place.tenant}") == Grant(place.tenant, "louise", "owner")
    assert directory.of_api_key(f"rl_{place.tenant}x") is None
    assert directory.of_api_key("") is None


def test_a_member_is_known_by_issuer_and_subject_together(place: Place) -> None:
    issuer, subject = "https://id.example", f"sub-{place.tenant}"
    directory = access(place, member_pk(issuer, subject))
    assert directory.of_member(issuer, subject) == Grant(place.tenant, "louise", "owner")
    assert directory.of_member("https://evil.example", subject) is None
    assert directory.of_member(issuer, "sub-other") is None


def test_what_the_registry_gives_the_directory_sees_until_it_is_taken_back(place: Place) -> None:
    directory = access(place)
    registry, address = DynamoAccessRegistry(directory.database), api_key_pk(f"rl_new_{place.tenant}")
    registry.revoke(address)
    registry.grant(address, Grant(place.tenant, "louise", "member"))
    registry.grant(address, Grant(place.tenant, "louise", "owner"))
    assert directory.of_api_key(f"rl_new_{place.tenant}") == Grant(place.tenant, "louise", "owner")
    registry.revoke(address)
    assert directory.of_api_key(f"rl_new_{place.tenant}") is None


def test_after_a_disaster_every_credential_of_a_company_is_found_and_no_other(place: Place) -> None:
    directory = access(place)
    registry = DynamoAccessRegistry(directory.database)
    key, member = api_key_pk(f"rl_a_{place.tenant}"), member_pk("https://id.example", place.tenant)
    mine = {key: Grant(place.tenant, "louise", "member"), member: Grant(place.tenant, "paul", "owner")}
    for address, grant in mine.items():
        registry.grant(address, grant)
    registry.grant(api_key_pk(f"rl_b_{place.tenant}"), Grant(place.other, "nadia", "owner"))
    assert dict(registry.of_tenant(place.tenant)) == mine


def test_the_table_does_not_hold_the_key() -> None:
    assert "secret" not in api_key_pk("rl_secret")
