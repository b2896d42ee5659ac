"""Kinds of personal data by the names of columns, in French and English and in any usual spelling: `date_naissance`,
`DateOfBirth`, `N° tél.`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Set
from typing import Final

from tablee.datasets.privacy import PersonalData

_WORDS: Final[dict[PersonalData, Set[str]]] = {
    PersonalData.EMAIL: {
        "email",
        "emails",
        "mail",
        "mails",
        "courriel",
        "courriels",
        "mel",
        "e mail",
        "adresse electronique",
    },
    PersonalData.PHONE: {
        "tel",
        "telephone",
        "phone",
        "phones",
        "mobile",
        "portable",
        "gsm",
        "fax",
        "cellphone",
        "telefon",
    },
    PersonalData.IBAN: {"iban", "rib", "bban", "bank account", "compte bancaire"},
    PersonalData.NIR: {"nir", "nss", "ssn", "securite sociale", "social security"},
    PersonalData.SIRET: {"siret"},
    PersonalData.SIREN: {"siren"},
    PersonalData.CARD: {
        "carte bancaire",
        "numero carte",
        "credit card",
        "card number",
        "carte bleue",
        "card no",
        "pan",
    },
    PersonalData.IP: {"ip", "ipv4", "ipv6", "ipaddress"},
    PersonalData.POST_CODE: {
        "cp",
        "code postal",
        "codepostal",
        "postcode",
        "post code",
        "postal code",
        "zip",
        "zipcode",
    },
    PersonalData.NAME: {
        *("prenom", "prenoms", "firstname", "lastname", "surname", "forename", "patronyme", "fullname", "first name"),
        *("last name", "full name", "given name", "family name", "maiden name", "middle name", "nom famille"),
        *("nom usage", "nom naissance", "nom jeune fille", "nom marital", "nom complet"),
    },
    PersonalData.ADDRESS: {
        "adresse",
        "adresses",
        "address",
        "addresses",
        "addr",
        "rue",
        "street",
        "adr",
        "address1",
    },
    PersonalData.BIRTH_DATE: {"naissance", "birth", "birthdate", "birthday", "dob", "ddn", "birthdt"},
}
_FIRST: Final = (PersonalData.EMAIL, PersonalData.IP)
"""Kinds that are looked for first: `adresse mail` and `IP address` are not postal addresses."""
_PERSONS: Final = """
    client clients customer user utilisateur patient patiente contact employee employe salarie person personne assure
    adherent abonne eleve etudiant student member membre beneficiaire titulaire holder passenger passager author auteur
    candidat applicant proprietaire owner conjoint spouse tuteur parent
"""
_FILLERS: Final = "nom noms name names du de des la le les l d of the complet full n no num numero"
_OF_PERSONS: Final = frozenset(f"{_PERSONS} {_FILLERS}".split())
_QUASI_WORDS: Final = """
    age sexe sex gender genre civilite ville city town commune departement region pays country nationalite nationality
    profession metier occupation job csp religion ethnie race marital matrimonial situation diploma diplome
"""
_QUASI: Final = frozenset(_QUASI_WORDS.split())


def words(name: str) -> tuple[str, ...]:
    """The words of a name, in lower case and without accents."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    split = re.sub(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", " ", plain)
    return tuple(re.findall(r"[a-z]+\d?", split.lower()))


def kind(name: str) -> PersonalData | None:
    """The kind of personal data that a column of this name is expected to hold; None if the name says nothing."""
    found = words(name)
    told = " ".join(word for word in found if word not in ("de", "du", "des", "d", "la", "of", "l"))
    for each in (*_FIRST, PersonalData.NAME, *_WORDS):
        if any(re.search(rf"(^| ){re.escape(phrase)}( |$)", told) for phrase in _WORDS[each]):
            return each
    if {"nom", "noms", "name", "names"} & set(found) and set(found) <= _OF_PERSONS:
        return PersonalData.NAME
    return None


def is_vague(name: str) -> bool:
    """Whether the name is only `name` or `nom`, which products and towns have, too."""
    return set(words(name)) <= {"nom", "noms", "name", "names"}


def is_quasi_identifier(name: str) -> bool:
    """Whether a column of this name may help to identify a person, such as age or town."""
    return bool(_QUASI & set(words(name)))
