import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { finished } from 'node:stream/promises';

const AREA_CODES = ['212', '305', '312', '404', '415', '512', '617', '702', '713', '813'];
const FIRST_NAMES = ['Ann', 'Bob', 'Carla', 'David', 'Elena', 'Frank', 'Grace', 'Hugo', 'Iris', 'José'];
const LAST_NAMES = [
  'Smith',
  'Nuñez',
  'Jones',
  'Müller',
  'Brown',
  'O’Neill',
  'Garcia',
  'Lee',
  'Novak',
  'Wang',
];
const CITIES = ['Miami', 'New York', 'Chicago', 'Atlanta', 'Austin', 'Boston', 'Las Vegas', 'Houston'];

const pick = (from: readonly string[], n: number): string => from[n % from.length] ?? '';

/** Every number once, in the forms that exports have; one in ten as people write it. */
function phone(n: number): string {
  const area = pick(AREA_CODES, n);
  const line = Math.floor(n / AREA_CODES.length);
  const [exchange, last] = [String(200 + Math.floor(line / 10_000)), String(line % 10_000).padStart(4, '0')];
  switch (n % 10) {
    case 0:
      return `(${area}) ${exchange}-${last}`;
    case 1:
      return `+1${area}${exchange}${last}`;
    default:
      return `${area}${exchange}${last}`;
  }
}

/** A file of leads: one row in five hundred is damaged, one in two hundred a person of an earlier row, one in five has a second number. */
export async function writeLeadFile(path: string, rows: number): Promise<void> {
  const out = createWriteStream(path);
  out.write('First name,Last name,Phone,Phone 2,Customer ID,E-mail,City,Zip,Balance,Since\r\n');
  for (let row = 0; row < rows; row += 1) {
    const who = row % 200 === 199 ? row - 100 : row;
    const first = pick(FIRST_NAMES, who);
    const last = `${pick(LAST_NAMES, Math.floor(who / 7))}${who}`;
    const cells = [
      first,
      last,
      row % 500 === 250 ? '1.21E+10' : phone(who),
      who % 5 === 0 ? phone(rows + who) : '',
      `C-${who}`,
      `${who}@example.com`,
      pick(CITIES, who),
      String(10_000 + (who % 80_000)),
      `${who % 1000}.50`,
      `20${String(10 + (who % 15))}-0${String(1 + (who % 9))}-1${String(who % 10)}`,
    ];
    if (!out.write(`${cells.join(',')}\r\n`)) await once(out, 'drain');
  }
  out.end();
  await finished(out);
}
