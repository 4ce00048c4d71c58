"""The handlers of the samples. They are registered by themselves: `stellwerk` loads them with the samples."""

from __future__ import annotations

import logging
from decimal import Decimal

from pydantic import BaseModel

import stellwerk

log = logging.getLogger("stellwerk.samples")


class Receipt(BaseModel):
    """What the bank says about a payment."""

    number: str
    amount: Decimal


@stellwerk.service("charge-card", tries=5)
def charge_card(total: Decimal, card: str, job: stellwerk.Job) -> Receipt:
    """Charge the card of an order. A declined card is BPMN error `card-declined`."""
    if card == "declined":
        raise stellwerk.BpmnError("card-declined", "The bank declined the card.")
    # The same in every try, so a bank that knows this number charges once, however often it is asked.
    return Receipt(number=f"R-{job.idempotency_key}", amount=total)


class Booking(BaseModel):
    """What the travel agency answers."""

    booking_number: str


@stellwerk.service("book-trip")
def book_trip(destination: str, traveller: str, job: stellwerk.Job) -> Booking:
    """Book a trip that was approved; the sample only writes it to the log."""
    log.info("%s goes to %s.", traveller, destination)
    return Booking(booking_number=f"T-{job.idempotency_key}")


@stellwerk.service("remind-warehouse")
def remind_warehouse(item: str) -> None:
    """Tell the warehouse that an order still waits to be packed; the sample only writes it to the log."""
    log.info("The order of %s still waits to be packed.", item)
