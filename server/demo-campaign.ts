import { DEFAULT_DISPOSITIONS } from '../campaigns/defaults.ts';
import type { Disposition } from '../campaigns/disposition.ts';
import type { FormField } from '../campaigns/form.ts';
import { days, hours, minutes } from '../kernel/time.ts';

/** What the demo's campaign gives its agents to say, to ask and to choose from: the desk as it is meant, before anybody has set up anything. */
export const DEMO_SCRIPT = `# Hello
Good day, **{{first_name}}**, this is {{agent_name}} of Northlight Fibre. Do you have two minutes?

# Why we call
You have **{{plan}}** for {{monthly price}} a month. Our fibre has reached {{city}}: ten times as fast, and the price stays for two years.

- How many people use the line at home?
- Who works or plays over it in the evening?
- **Which plan** would suit you, and which day for the technician?

# When they hesitate
- The visit costs nothing, and there are **14 days** to change one's mind.
- Whoever wants it in writing gets a letter (key W); we call again after it.
`;

const NOT_WRITTEN = { options: [], isRequired: false, writesTo: null } as const;

/** Answers go back into the fields that the list has: the next agent sees them. */
export const DEMO_FORM: readonly FormField[] = [
  {
    ...NOT_WRITTEN,
    ...{ key: 'new_plan', label: 'New plan', type: 'choice', isRequired: true, writesTo: 'plan' },
    options: ['Fibre 250', 'Fibre 500', 'Fibre 1000'],
  },
  {
    ...NOT_WRITTEN,
    ...{ key: 'email', label: 'E-mail for the contract', type: 'text', isRequired: true, writesTo: 'email' },
  },
  { ...NOT_WRITTEN, key: 'household', label: 'People at home', type: 'number', writesTo: 'household' },
  { ...NOT_WRITTEN, key: 'visit_on', label: 'Technician on', type: 'date' },
  { ...NOT_WRITTEN, key: 'own_router', label: 'Has a router', type: 'yes-no' },
];

/** What an automatic agent fills in when he sells; other campaigns know other keys and drop these. */
export const DEMO_ANSWERS = { new_plan: 'Fibre 500', email: 'contract@example.com' };

const OWN: readonly Disposition[] = [
  {
    code: 'in-writing',
    label: 'Wants it in writing',
    outcome: 'retry',
    retryAfterMs: days(3),
    triesMax: 2,
    isSpread: true,
    isActive: true,
    isPerson: true,
    isSale: false,
    isRightParty: true,
    hotKey: 'w',
    position: 100,
  },
  {
    code: 'owner-decides',
    label: 'Owner decides',
    outcome: 'finished',
    retryAfterMs: days(1),
    triesMax: null,
    isSpread: false,
    isActive: true,
    isPerson: true,
    isSale: false,
    isRightParty: true,
    hotKey: 'x',
    position: 101,
  },
];
/** The organization's own outcomes, beside those that every organization begins with. */
export const DEMO_DISPOSITIONS = OWN;

/** The campaign's choice, in its order: its own ones stand with the others that end a talk. */
export const DEMO_CHOICE: readonly { readonly code: string; readonly hotKey: null }[] = [
  ...DEFAULT_DISPOSITIONS.slice(0, 4),
  ...OWN,
  ...DEFAULT_DISPOSITIONS.slice(4),
].map(({ code }) => ({ code, hotKey: null }));

/** Rules for calling again that differ from the product's own. */
export const DEMO_RULES = {
  /** An agent who is away for so long loses his callback to whoever is free. */
  callbackOpenAfterMs: minutes(30),
  /** Nobody at home at noon may be there in the evening. */
  retryRules: { 'no-answer': { afterMs: hours(4), triesMax: 5, isSpread: true } },
} as const;
