"""Names of months and weekdays."""

from __future__ import annotations

MONTHS = {
    name: number
    for names in (
        "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
        "janv févr mars avr mai juin juil août sept oct nov déc",
        "january february march april may june july august september october november december",
        "jan feb mar apr may jun jul aug sep oct nov dec",
        "janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre",
        "janv fevr mars avr mai juin juil aout sept oct nov dec",
    )
    for number, name in enumerate(names.split(), 1)
}
"""French and English names of months, in full and abbreviated, with the number of the month."""
WEEKDAYS = frozenset(
    name
    for names in (
        "lundi mardi mercredi jeudi vendredi samedi dimanche lun mar mer jeu ven sam dim",
        "monday tuesday wednesday thursday friday saturday sunday mon tue wed thu fri sat sun",
    )
    for name in names.split()
)
"""French and English names of weekdays, in full and abbreviated."""
