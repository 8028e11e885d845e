"""Streets, towns and addresses, as callers say them (see `whisper_words` for the spoken form)."""

from whisper_words import LETTERS, ONES, TENS, Rng, below_hundred, count, digits, last_name, ordinal, salad

SUFFIXES = (
    "street street street avenue avenue road road drive drive lane lane court boulevard way place circle terrace "
    "parkway trail highway loop square alley pike ridge run crossing path row turnpike plaza commons"
).split()
STREETS = (
    "oak maple pine cedar elm washington lake hill walnut spring north ridge church willow park highland river main "
    "mill sunset franklin jefferson adams lincoln jackson madison chestnut spruce broadway center union court prospect "
    "cherry dogwood meadow forest birch hickory laurel magnolia juniper sycamore poplar aspen hawthorn holly ivy "
    "rosewood peach orchard vineyard valley canyon summit harbor ocean bay shore beach island creek brook pond "
    "fox deer hunter eagle falcon heron robin sparrow raven bear wolf colonial liberty independence heritage "
    "college university school station railroad depot market commerce industrial airport mission chapel abbey "
    "castle king queen duke prince windsor cambridge oxford bristol york devon essex victoria stone granite marble "
    "quarry copper silver golden ruby amber crystal rock sandy clear green white red black long winding old new "
    "county state first second third fourth fifth sixth seventh eighth ninth tenth twelfth front back bridge "
    "martin luther king|rose garden|spring garden|twin oaks|rolling hills|country club|old post|apple blossom|"
    "saint james|saint mary's|mount vernon|mountain view|lake shore|river bend|fox hollow|stone gate|hidden valley"
)
CITIES = (
    "boston|chicago|houston|phoenix|philadelphia|san antonio|san diego|dallas|austin|jacksonville|columbus|charlotte|"
    "indianapolis|seattle|denver|nashville|detroit|portland|memphis|louisville|baltimore|milwaukee|albuquerque|tucson|"
    "fresno|sacramento|mesa|atlanta|omaha|raleigh|miami|oakland|minneapolis|tulsa|tampa|arlington|new orleans|wichita|"
    "cleveland|aurora|anaheim|honolulu|riverside|lexington|stockton|cincinnati|saint paul|greensboro|lincoln|buffalo|"
    "plano|henderson|newark|toledo|orlando|jersey city|durham|saint petersburg|laredo|madison|lubbock|chandler|reno|"
    "glendale|norfolk|winston salem|irving|chesapeake|fremont|baton rouge|richmond|spokane|rochester|des moines|"
    "montgomery|modesto|fayetteville|tacoma|shreveport|akron|yonkers|little rock|augusta|mobile|grand rapids|amarillo|"
    "salt lake city|huntsville|worcester|providence|santa rosa|chattanooga|fort worth|fort wayne|jackson|salem|eugene|"
    "hartford|dayton|pasadena|syracuse|savannah|cedar rapids|topeka|hampton|columbia|sioux falls|bridgeport|new haven|"
    "stamford|concord|lowell|cambridge|springfield|quincy|brockton|somerville|newton|medford|waltham|framingham|nashua|"
    "manchester|dover|burlington|albany|schenectady|utica|ithaca|scranton|allentown|reading|lancaster|erie|trenton|"
    "camden|princeton|wilmington|annapolis|frederick|rockville|alexandria|roanoke|charlottesville|asheville|charleston|"
    "greenville|myrtle beach|macon|athens|gainesville|pensacola|tallahassee|naples|sarasota|birmingham|tuscaloosa|"
    "biloxi|lafayette|galveston|corpus christi|waco|el paso|santa fe|flagstaff|boulder|fort collins|cheyenne|billings|"
    "boise|helena|fargo|duluth|green bay|ann arbor|lansing|flint|south bend|evansville|peoria|rockford|naperville|"
    "davenport|iowa city|kansas city|saint louis|knoxville|bowling green|anchorage|juneau|bellevue|everett|olympia|"
    "bakersfield|san jose|san francisco|long beach|santa monica|berkeley|palo alto|las vegas|oklahoma city|norman"
).split("|")
STATES = (
    "alabama|alaska|arizona|arkansas|california|colorado|connecticut|delaware|florida|georgia|hawaii|idaho|illinois|"
    "indiana|iowa|kansas|kentucky|louisiana|maine|maryland|massachusetts|michigan|minnesota|mississippi|missouri|"
    "montana|nebraska|nevada|new hampshire|new jersey|new mexico|new york|north carolina|north dakota|ohio|oklahoma|"
    "oregon|pennsylvania|rhode island|south carolina|south dakota|tennessee|texas|utah|vermont|virginia|washington|"
    "west virginia|wisconsin|wyoming"
).split("|")


def street(r: Rng) -> str:
    kind = r.random()
    if kind < 0.45:
        stock = STREETS.split("|")
        name = r.choice(stock[0].split()) if r.random() < 0.9 else r.choice(stock[1:])
    elif kind < 0.75:
        name = last_name(r)
    elif kind < 0.85:
        name = f"{ordinal(r)}"
    else:
        name = salad(r, 1, 1) + r.choice(["", "", "wood", "field", "view", "brook", "hill"])
    side = r.choice(["", "", "", "", "", "north ", "south ", "east ", "west ", "old ", "northwest ", "southeast "])
    return f"{side}{name} {r.choice(SUFFIXES)}"


def city(r: Rng) -> str:
    kind = r.random()
    if kind < 0.7:
        return r.choice(CITIES)
    return r.choice(
        [
            f"{last_name(r)}{r.choice(['ville', ' city', 'ton', ' heights', ' park', ' beach', 'burg', 'field'])}",
            last_name(r),
            f"{r.choice(['north', 'south', 'east', 'west', 'new', 'mount', 'port', 'lake'])} {last_name(r)}",
        ]
    )


def house(r: Rng) -> str:
    kind = r.random()
    if kind < 0.3:
        return f"{below_hundred(r)} {r.choice(['oh ' + r.choice(ONES[1:]), below_hundred(r), below_hundred(r)])}"
    if kind < 0.55:
        return digits(r, r.choice([3, 4, 4, 5]))
    if kind < 0.75:
        rest = r.choice([f"oh {r.choice(ONES[1:])}", below_hundred(r), f"{r.choice(TENS)} {r.choice(ONES[1:])}"])
        return f"{r.choice(ONES[1:])} {rest}"
    if kind < 0.85:
        return f"{below_hundred(r)} hundred"
    return r.choice(
        [
            below_hundred(r),
            count(r),
            f"{r.choice(ONES[1:])} hundred and {below_hundred(r)}",
            f"{below_hundred(r)} {r.choice(LETTERS)}",
        ]
    )


def unit(r: Rng) -> str:
    """Apartment, suite or floor, after a pause."""
    what = r.choice("apartment apartment apt unit suite room number lot floor".split())
    which = r.choice([below_hundred(r), digits(r, 3), f"{r.choice(ONES[1:])} {r.choice(LETTERS)}", r.choice(LETTERS)])
    return r.choice([f", {what} {which}", f", {what} {which}", f", {ordinal(r)} floor"])


def town(r: Rng) -> str:
    """City, state, zip code: as much of them as callers say."""
    state = r.choice(STATES)
    return r.choice(
        [
            f", {city(r)}",
            f" in {city(r)}",
            f", {city(r)} {state}",
            f", {city(r)}, {state}, {digits(r, 5)}",
            f", zip code {digits(r, 5)}",
        ]
    )


def address(r: Rng) -> str:
    inside = unit(r) if r.random() < 0.35 else ""
    where = town(r) if r.random() < 0.6 else ""
    return f"{house(r)} {street(r)}{inside}{where}"
