/** Who may look at campaigns, and who may set them up. */
export const WATCHERS = ['admin', 'manager', 'supervisor', 'officer', 'auditor'] as const;
export const MANAGERS = ['admin', 'manager'] as const;
