import { z } from 'zod';
import { countrySchema, nameSchema, roleSchema } from './scalar.schema.ts';

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const organizationSchema = z
  .object({
    name: z.string(),
    /** Of numbers that are written without one. */
    country: z.string(),
    /** What new campaigns begin with. */
    timeZone: z.string(),
    /** Who signs in with a second factor or is made to add one. */
    secondFactorRoles: z.array(roleSchema),
    isDemo: z.boolean(),
  })
  .meta({ id: 'Organization' });
export type Organization = z.output<typeof organizationSchema>;

/** PATCH /api/organization */
export const organizationChangeSchema = z.strictObject({
  name: nameSchema.optional(),
  country: countrySchema.optional(),
  timeZone: z.string().max(60).refine(isTimeZone, 'must be a time zone, like America/New_York').optional(),
  secondFactorRoles: z.array(roleSchema).max(6).optional(),
});
export type OrganizationChange = z.input<typeof organizationChangeSchema>;
