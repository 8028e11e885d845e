"""The vocabulary of American street addresses (USPS Publication 28, the forms that people say)."""

from sop.words import word_set

_SUFFIX_FORMS = {
    "Street": "street st str",
    "Avenue": "avenue ave av",
    "Road": "road rd",
    "Drive": "drive dr",
    "Lane": "lane ln",
    "Court": "court ct",
    "Boulevard": "boulevard blvd",
    "Way": "way",
    "Place": "place pl",
    "Circle": "circle cir",
    "Terrace": "terrace ter terr",
    "Parkway": "parkway pkwy",
    "Highway": "highway hwy",
    "Trail": "trail trl",
    "Square": "square sq",
    "Loop": "loop",
    "Row": "row",
    "Alley": "alley aly",
    "Plaza": "plaza plz",
    "Pike": "pike",
    "Turnpike": "turnpike tpke",
    "Run": "run",
    "Crossing": "crossing xing",
    "Path": "path",
    "Walk": "walk",
    "Bend": "bend",
    "Cove": "cove",
    "Crescent": "crescent",
    "Commons": "commons",
    "Freeway": "freeway",
    "Expressway": "expressway",
    "Heights": "heights",
    "Landing": "landing",
    "Point": "point",
    "Trace": "trace",
    "Pass": "pass",
    "Ridge": "ridge",
    "Glen": "glen",
    "Hollow": "hollow",
    "Mews": "mews",
    "Close": "close",
}
SUFFIXES = {form: full for full, forms in _SUFFIX_FORMS.items() for form in forms.split()}

NAMELIKE = word_set("""
    Run Crossing Path Walk Bend Cove Commons Heights Landing Point Trace Pass Ridge Glen Hollow Mews Close Row
""")
"""Types that are a part of many names too: "Fox Hollow Road"."""

DIRECTIONS = {
    "north": "North",
    "south": "South",
    "east": "East",
    "west": "West",
    "northeast": "Northeast",
    "northwest": "Northwest",
    "southeast": "Southeast",
    "southwest": "Southwest",
    "n": "North",
    "s": "South",
    "e": "East",
    "w": "West",
    "ne": "Northeast",
    "nw": "Northwest",
    "se": "Southeast",
    "sw": "Southwest",
}

UNITS = {
    "apartment": "Apartment",
    "apt": "Apartment",
    "unit": "Unit",
    "suite": "Suite",
    "ste": "Suite",
    "lot": "Lot",
    "room": "Room",
    "building": "Building",
    "trailer": "Trailer",
    "floor": "Floor",
}

NUMBERED_ROADS = {
    ("county", "road"): "County Road",
    ("state", "road"): "State Road",
    ("state", "route"): "State Route",
    ("county", "route"): "County Route",
    ("rural", "route"): "Rural Route",
    ("highway",): "Highway",
    ("route",): "Route",
    ("interstate",): "Interstate",
    ("us", "highway"): "US Highway",
}

LONE_STREETS = frozenset({"broadway", "bowery", "embarcadero", "esplanade", "boardwalk", "promenade"})
"""Streets that have a name and no type."""

SOUNDS = {
    "rode": "road",
    "lain": "lane",
    "weigh": "way",
    "sweet": "suite",
    "units": "unit",
    "apartments": "apartment",
    "mass": "massachusetts",
}
"""Words heard or said for a street type, a unit or a state."""

STATES = {
    "alabama": "AL",
    "alaska": "AK",
    "arizona": "AZ",
    "arkansas": "AR",
    "california": "CA",
    "colorado": "CO",
    "connecticut": "CT",
    "delaware": "DE",
    "florida": "FL",
    "georgia": "GA",
    "hawaii": "HI",
    "idaho": "ID",
    "illinois": "IL",
    "indiana": "IN",
    "iowa": "IA",
    "kansas": "KS",
    "kentucky": "KY",
    "louisiana": "LA",
    "maine": "ME",
    "maryland": "MD",
    "massachusetts": "MA",
    "michigan": "MI",
    "minnesota": "MN",
    "mississippi": "MS",
    "missouri": "MO",
    "montana": "MT",
    "nebraska": "NE",
    "nevada": "NV",
    "new hampshire": "NH",
    "new jersey": "NJ",
    "new mexico": "NM",
    "new york": "NY",
    "north carolina": "NC",
    "north dakota": "ND",
    "ohio": "OH",
    "oklahoma": "OK",
    "oregon": "OR",
    "pennsylvania": "PA",
    "rhode island": "RI",
    "south carolina": "SC",
    "south dakota": "SD",
    "tennessee": "TN",
    "texas": "TX",
    "utah": "UT",
    "vermont": "VT",
    "virginia": "VA",
    "washington": "WA",
    "west virginia": "WV",
    "wisconsin": "WI",
    "wyoming": "WY",
}
STATE_NAMES = {short: name.title() for name, short in STATES.items()}
_WORDS_TOO = frozenset({"in", "or", "me", "hi", "ok", "oh", "de", "la", "ma", "pa", "al", "co", "id", "va", "ne"})
STATE_CODES = frozenset(short.lower() for short in STATE_NAMES) - _WORDS_TOO
"""Two-letter codes that are no other word, as a recogniser writes them in lowercase."""

STOPS = word_set("""
    then miles area code extension dash mailbox box feed hours hour minutes minute days day kids people
    years year weeks week degrees percent dollars times months month guys children stories rooms floors feet
    inches o'clock am pm until before after been waiting and my the i i'm i've it's its is um uh er that's
    that please thanks thank near by just across behind next off but or so because where which you your we
    we're our there there's here if can could would phone number name call at on for with to from tomorrow
    today tonight monday tuesday wednesday thursday friday saturday sunday yes yeah no not actually sorry right ok
    okay house home past only this a an has have do does did what when how why who he she they gas leak
    smell
""")
"""Words that no street or city name of ours holds; they end what is read."""
