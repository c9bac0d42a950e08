# SPDX-License-Identifier: GPL-2.0-or-later
"""Names of HATs as makers write them: no two of them become one file, and what is no text is said to be none.

Broken if it fails: a HAT gets the overlay of another one ("DAC+" that of "DAC"), or is refused for an umlaut.
"""

from lib import ids, reports

kernels = ()
UUID = "0f0e0d0c-0b0a-0908-0706-050403020100"
NO_TEXT = ", which is no character: is the memory damaged, or do two add-ons answer at one address?"
LONG = "grazer-computer-club-austria-und-freunde-der-himbeere,"
NAMES = (
    ("Grazer Computer Club (Austria)", "GC2-xHAT (Raspjamming)", "grazer-computer-club-austria,gc2-xhat-raspjamming"),
    ("Grazer Computer Club (Australia)", "GC2-xHAT (Raspjamming)", "grazer-computer-club-australia,gc2-xhat-raspjamming"),
    ("Würth Beispiel", "Sensor HAT", "w-c3bc-rth-beispiel,sensor-hat"),
    ("Wörth Beispiel", "Sensor HAT", "w-c3b6-rth-beispiel,sensor-hat"),
    ("Acme", "Relay™", "acme,relay-e284a2"),
    ("Acme", "Sensor (R)", "acme,sensor-r"),
    ("Acme\0", "Relay\0", "acme,relay"),
    ("Acme", "Relay\r\n", "acme,relay"),
    ("", "Relay", "relay"),
    ("***", "Relay", "relay"),
    ("HiFiBerry", "DAC", "hifiberry,dac"),
    ("HiFiBerry", "DAC+", "hifiberry,dac-plus"),
    ("HiFiBerry", "DAC+ ADC", "hifiberry,dac-plus-adc"),
    ("HiFiBerry", "DAC+ADC", "hifiberry,dac-plus-adc"),
    ("Pineboards", "HatDrive! POE", "pineboards,hatdrive-poe"),
    ("Pineboards", "HatDrive! POE+", "pineboards,hatdrive-poe-plus"),
    ("IQaudIO Limited www.iqaudio.com", "Pi-DAC, Zero", "iqaudio-limited-www-iqaudio-com,pi-dac-zero"),
    # what does not fit ends in a checksum of all of it
    ("Grazer Computer Club (Austria) und Freunde der Himbeere", "Thermometer HAT 1", LONG + "ef3c57fa"),
    ("Grazer Computer Club (Austria) und Freunde der Himbeere", "Thermometer HAT 2", LONG + "76350640"),
)


def hat(maker, product):
    return ids.hat(ids.atom(1, 0, ids.vendor(maker, product)), ids.atom(2, 1, bytes(30)))


def test(_):
    reports.check_ids(
        "raspberrypi,hat",
        *((hat(maker.encode(), product.encode()), f"{model}|0x0102|{UUID}") for maker, product, model in NAMES),
        (hat(b"***", b"!!!"), "-22: the HAT's product has no name"),
        (hat(b"Sixfab", b"Sixfab \1"), f"-22: the HAT's product has byte 0x01 at 7{NO_TEXT}"),
        (hat(b"W\xfcrth", b"Sensor"), f"-22: the HAT's vendor has byte 0xfc at 1{NO_TEXT}"),
    )
