import type { PhoneNumber } from '../kernel/phone.ts';
import { seededRandom, type Random } from '../kernel/random.ts';
import { RESERVED_RANGES, type ReservedRange } from './reserved-numbers.ts';

/** What the demo's list knows of its people beside name and number. */
export const DEMO_FIELDS = ['city', 'plan', 'monthly price', 'household', 'email'] as const;
export type DemoFields = Readonly<Record<(typeof DEMO_FIELDS)[number], string>>;

/** A person who does not exist, with a number that nobody has. */
export interface DemoLead {
  readonly firstName: string;
  readonly lastName: string;
  readonly phone: PhoneNumber;
  readonly city: string;
  readonly country: ReservedRange['country'];
  readonly fields: DemoFields;
}

type Country = ReservedRange['country'];

/**
 * Of a hundred leads, so many live there. Somebody must be callable between 8 and 21 o'clock at every hour of the year: at
 * 11:00 UTC it is night or early morning in all of North America, so Europe and Australia carry those hours.
 */
const SHARES: Readonly<Record<Country, number>> = { US: 46, CA: 8, GB: 14, FR: 6, DE: 6, AU: 20 };

const ENGLISH = {
  first:
    'Abigail Amara Andre Beatrice Caleb Carmen Daisy Darnell Elena Ethan Fatima Gideon Hannah Imani Isaac Jasmine Joaquin Keisha Leo Lucia Malik Maya Nadia Noah Olive Omar Priya Quentin Rosa Samuel Tara Victor Wendy Xavier Yara Zoe',
  last: 'Abernathy Alvarez Banerjee Bellweather Calloway Castillo Drummond Eastman Fairbanks Fontaine Greenaway Hartwell Ibarra Jernigan Kowalski Lockridge Merriweather Nakamura Oduya Pemberton Quintero Ravensworth Salcedo Thackeray Underhill Vandermeer Whitlock Yarborough Zielinski',
};
const NAMES: Readonly<Record<Country, { readonly first: string; readonly last: string }>> = {
  US: ENGLISH,
  CA: ENGLISH,
  GB: {
    first:
      'Aisha Alfie Bronwen Callum Cerys Dylan Elspeth Fergus Gemma Harriet Imogen Jasper Kirsty Lachlan Morag Nigel Oonagh Percy Rhys Saoirse Tamsin Winston',
    last: 'Ashdown Bramwell Cholmondeley Dunwoody Entwistle Farnsworth Gillespie Hollingworth Illingworth Jellicoe Kilbride Llewellyn Macallister Ormerod Postlethwaite Ramsbottom Satterthwaite Trevithick Wigglesworth',
  },
  FR: {
    first:
      'Amandine Baptiste Capucine Damien Eloise Fabien Garance Hugo Ines Jules Leonie Mathis Noemie Octave Pauline Romane Sylvain Theo Violette',
    last: 'Aubertin Beauchamp Charpentier Delacroix Escoffier Fournel Grandjean Hautbois Jolivet Lavigne Montclair Peltier Quenneville Rochefort Sauvage Tourneur Villeneuve',
  },
  DE: {
    first:
      'Anneke Bastian Clara Dietmar Emil Frieda Gregor Hilde Ilse Jonas Katrin Leopold Marlene Nils Ottilie Philipp Rosalie Sven Thea Ulrich',
    last: 'Achterberg Birkenfeld Dornbusch Eichendorf Falkenhagen Grunewald Hohenstein Immergut Kessler Lindenau Morgenroth Nordhausen Ostermann Pfeffer Rosenthal Silbermann Tannhauser Weidenbach',
  },
  AU: {
    first:
      'Angus Banjo Bindi Cooper Darcy Edie Flynn Georgia Harper Indigo Jarrah Kylie Lachie Matilda Ned Olivia Patrick Ruby Sienna Tilly',
    last: 'Ballantyne Coolidge Dunmore Everingham Farquhar Gallagher Hargreaves Jamieson Kirkbride Larrimore Mawson Nolan Ogilvie Pascoe Rafferty Strahan Tolliver Wollaston',
  },
};

/** The numbers of one range, each once, in an order of chance. */
function shuffledNumbers(range: ReservedRange, random: Random): PhoneNumber[] {
  const numbers = Array.from(
    { length: 10 ** range.digits },
    (_, n) => `${range.prefix}${String(n).padStart(range.digits, '0')}` as PhoneNumber,
  );
  for (let i = numbers.length - 1; i > 0; i -= 1) {
    const j = Math.floor(random.next() * (i + 1));
    const [a, b] = [numbers[i], numbers[j]];
    if (a === undefined || b === undefined) continue;
    numbers[i] = b;
    numbers[j] = a;
  }
  return numbers;
}

/** Takes the next number of a country, from one city after the other. */
class CountryNumbers {
  #ranges: { readonly range: ReservedRange; readonly numbers: PhoneNumber[] }[];
  #next = 0;

  constructor(country: Country, random: Random) {
    this.#ranges = RESERVED_RANGES.filter((range) => range.country === country).map((range) => ({
      range,
      numbers: shuffledNumbers(range, random),
    }));
  }

  /** Null when the country has no more. */
  take(): { readonly range: ReservedRange; readonly phone: PhoneNumber } | null {
    this.#ranges = this.#ranges.filter(({ numbers }) => numbers.length > 0);
    const chosen = this.#ranges[this.#next % Math.max(1, this.#ranges.length)];
    this.#next += 1;
    const phone = chosen?.numbers.pop();
    return chosen === undefined || phone === undefined ? null : { range: chosen.range, phone };
  }
}

const pick = (words: string, random: Random): string => {
  const list = words.split(' ');
  return list[Math.floor(random.next() * list.length)] ?? '';
};

/** Each country's turn comes in proportion to its share, spread evenly: any stretch of the list is mixed. */
function countryOf(owed: Map<Country, number>): Country {
  let most: Country = 'US';
  for (const [country, share] of Object.entries(SHARES) as [Country, number][]) {
    owed.set(country, (owed.get(country) ?? 0) + share);
    if ((owed.get(country) ?? 0) > (owed.get(most) ?? 0)) most = country;
  }
  owed.set(most, (owed.get(most) ?? 0) - 100);
  return most;
}

const PLANS = [
  { plan: 'Copper 16', price: '19.95' },
  { plan: 'Copper 50', price: '29.95' },
  { plan: 'Cable 100', price: '36.95' },
] as const;

/** Lists have gaps: of every third person nobody knows the household, of every second the address. */
function fieldsOf(
  { firstName, lastName, city }: Pick<DemoLead, 'firstName' | 'lastName' | 'city'>,
  index: number,
): DemoFields {
  const { plan, price } = PLANS[index % PLANS.length] ?? PLANS[0];
  return {
    city,
    plan,
    'monthly price': price,
    household: index % 3 === 0 ? '' : String(1 + (index % 5)),
    email: index % 2 === 0 ? '' : `${firstName}.${lastName}@example.com`.toLowerCase(),
  };
}

/**
 * Fictional people for the demo, the same ones for the same seed, each number once. At most about 5,000: then the
 * reserved numbers of the United States are used up, and the list ends there.
 */
export function demoLeads(count: number, seed = 1): DemoLead[] {
  const random = seededRandom(seed);
  const numbers = new Map(
    (Object.keys(SHARES) as Country[]).map((country) => [country, new CountryNumbers(country, random)]),
  );
  const owed = new Map<Country, number>();
  const leads: DemoLead[] = [];
  while (leads.length < count) {
    const country = countryOf(owed);
    const taken = numbers.get(country)?.take() ?? null;
    if (taken === null) break;
    const names = NAMES[country];
    const person = {
      firstName: pick(names.first, random),
      lastName: pick(names.last, random),
      city: taken.range.city,
    };
    leads.push({ ...person, phone: taken.phone, country, fields: fieldsOf(person, leads.length) });
  }
  return leads;
}
