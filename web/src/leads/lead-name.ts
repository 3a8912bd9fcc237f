/** First and last name as one; the external id or nothing where the file had no names. */
export function leadName(lead: {
  readonly firstName: string;
  readonly lastName: string;
  readonly externalId: string | null;
}): string {
  const name = `${lead.firstName} ${lead.lastName}`.trim();
  return name === '' ? (lead.externalId ?? '–') : name;
}
