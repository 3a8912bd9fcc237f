export const ROLES = ['admin', 'manager', 'supervisor', 'agent', 'officer', 'auditor'] as const;
/** What a signed-in person may do; each route names the roles that it serves. */
export type Role = (typeof ROLES)[number];
