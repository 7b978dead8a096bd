"""Ways to reach a person, brought to the one form they are stored and found by.

What a person typed is kept beside it, to be shown again. No name server and no network is asked.
"""

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from service.errors import Invalid

#: Numbers without a country are read as British ones.
HOME_REGION = "GB"
LONGEST_NAME = 200

#: Languages people can choose, each by its own name. Other languages stay as they were entered.
LANGUAGES = {
    "en": "English",
    "ar": "العربية",
    "bsl": "British Sign Language",
    "ckb": "کوردی",
    "pa": "ਪੰਜਾਬੀ",
    "pl": "polski",
    "ro": "română",
    "ur": "اردو",
}


def normal_name(name: str) -> str:
    """Give the form a name is sorted and searched by."""
    return name.casefold()


def normal_email(text: str, *, field: str = "email") -> str:
    """Give the form a mail address is found by, nothing for nothing; raises Invalid "not-an-email".

    Small letters throughout: no mail service in use tells large ones apart, and people do not either.
    """
    typed = text.strip()
    if not typed:
        return ""
    try:
        found = validate_email(typed, check_deliverability=False, test_environment=True)
    except EmailNotValidError as error:
        raise Invalid({field: "not-an-email"}) from error
    return found.normalized.casefold()


def normal_phone(text: str, *, field: str = "phone") -> str:
    """Give a number as +441632960123, nothing for nothing; raises Invalid "not-a-phone".

    A possible number is enough, because numbers set aside for drama and new ranges count as not valid.
    """
    typed = text.strip()
    if not typed:
        return ""
    try:
        found = phonenumbers.parse(typed, HOME_REGION)
    except phonenumbers.NumberParseException as error:
        raise Invalid({field: "not-a-phone"}) from error
    if not phonenumbers.is_possible_number(found) or found.extension:
        raise Invalid({field: "not-a-phone"})
    return phonenumbers.format_number(found, phonenumbers.PhoneNumberFormat.E164)
