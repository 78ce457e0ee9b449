"""The currencies that a document may be written in, and how finely each is rounded.

ISO 4217, list one of 2026-01: funds and metals are not money that anybody pays with, so they are left out.
The last line of `_DIVIDED` has three decimals in coins and is billed to the hundredth: EN 16931 BR-DEC. [PF-03, I-07]
"""

from typing import Final

EURO: Final = "EUR"
_WHOLE: Final = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF"
_DIVIDED: Final = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CNY COP CRC CUP
CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES
KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK
NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB
TJS TMT TOP TRY TTD TWD TZS UAH USD UYU UZS VES WST XCD XCG YER ZAR ZMW ZWG
BHD IQD JOD KWD LYD OMR TND
"""
_WITHOUT_DECIMALS: Final = frozenset(_WHOLE.split())
CURRENCIES: Final = _WITHOUT_DECIMALS | frozenset(_DIVIDED.split())


def step_of(currency: str) -> int:
    """The smallest amount that is billed in that currency, in hundredths: 100 where there are no decimals, else 1."""
    return 100 if currency in _WITHOUT_DECIMALS else 1
