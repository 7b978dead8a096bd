"""What the demonstration plays on: its organisation, its people by their short names, and who acts."""

from dataclasses import dataclass, field
from datetime import datetime

from service.actions.inviting import Issuer
from service.actions.needs import Sealer
from service.actor import Actor, Door, Role, system_actor
from service.demonstration.scenes import Character, demonstration
from service.keys import Keys
from service.storage.base import Db
from service.storage.invitations import Invitation
from service.storage.kinds import Kind
from service.storage.organisations import Organisation
from service.storage.people import Group, Person
from service.storage.places import Place
from service.storage.suppliers import Supplier


@dataclass(slots=True)
class Stage:
    """Filled step by step; `now` is the moment the demonstration is laid out."""

    db: Db
    keys: Keys
    sealer: Sealer
    now: datetime
    houses: dict[str, Organisation] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    groups: dict[str, Group] = field(default_factory=dict)
    places: dict[str, Place] = field(default_factory=dict)
    kinds: dict[str, Kind] = field(default_factory=dict)
    suppliers: dict[str, Supplier] = field(default_factory=dict)

    @property
    def house(self) -> Organisation:
        """Give the organisation where it all plays."""
        return self.houses[demonstration().organisations[0].slug]

    @property
    def issuer(self) -> Issuer:
        """Give what invitations are made with."""
        return Issuer(self.keys, self.house.contact_email.partition("@")[2])

    @property
    def system(self) -> Actor:
        """Give the actor for what nobody in particular does."""
        return system_actor(self.house.id)

    def as_staff(self, name: str) -> Actor:
        """Give the actor that a member of staff is when signed in."""
        person = self.people[name]
        return Actor(
            organisation_id=person.organisation_id,
            door=Door.STAFF,
            person_id=person.id,
            name=person.chosen_name,
            roles=frozenset(_character(name).roles),
        )

    def as_guest(self, invitation: Invitation) -> Actor:
        """Give the actor that a person is with the link of this invitation."""
        return Actor(
            organisation_id=invitation.organisation_id,
            door=Door.GUEST,
            person_id=invitation.person_id,
            invitation_id=invitation.id,
        )

    @property
    def coordinator(self) -> Actor:
        """Give the coordinator who does the arranging."""
        return self.as_staff("bridget")

    @property
    def director(self) -> Actor:
        """Give the director."""
        return next(
            self.as_staff(each.id) for each in demonstration().people if Role.DIRECTOR in each.roles
        )


def _character(name: str) -> Character:
    return next(each for each in demonstration().people if each.id == name)
