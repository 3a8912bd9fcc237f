import { z } from 'zod';
import { roleSchema } from './scalar.schema.ts';

/** More people than this come in several files. */
export const IMPORT_USERS_MAX = 500;

/** POST /api/users/import/preview and POST /api/users/import */
export const userImportSchema = z.strictObject({
  /** The file, decoded: a header line, then one person a line. */
  text: z.string().max(200_000, 'is larger than what is taken here: split the file'),
});

export const USER_COLUMNS = ['name', 'email', 'role', 'team', 'pool', 'extension', 'language'] as const;
export const userColumnSchema = z.enum(USER_COLUMNS);
export type UserColumn = z.output<typeof userColumnSchema>;

export const userLineProblemSchema = z.object({
  column: userColumnSchema,
  code: z.enum([
    'missing',
    'too-long',
    'bad-email',
    'email-taken',
    'email-twice',
    'unknown-role',
    'unknown-pool',
    'bad-extension',
    'extension-taken',
    'extension-twice',
    'unknown-language',
  ]),
});
export type UserLineProblem = z.output<typeof userLineProblemSchema>;

export const userLineSchema = z.object({
  /** In the file; the header is line 1. */
  line: z.number().int(),
  name: z.string(),
  email: z.string(),
  role: z.string(),
  team: z.string(),
  pool: z.string(),
  extension: z.string(),
  problems: z.array(userLineProblemSchema),
});
export type UserLine = z.output<typeof userLineSchema>;

export const userImportPreviewSchema = z
  .object({
    /** What is wrong with the file as a whole; nothing else is told then. */
    fileProblem: z
      .object({
        code: z.enum(['empty', 'unreadable', 'missing-column', 'too-many']),
        /** Line, column or number that it is about. */
        about: z.string(),
      })
      .nullable(),
    lines: z.array(userLineSchema),
    faulty: z.number().int(),
    /** Teams that do not exist yet and are made with the import. */
    newTeams: z.array(z.string()),
  })
  .meta({ id: 'UserImportPreview' });
export type UserImportPreview = z.output<typeof userImportPreviewSchema>;

export const importedUserSchema = z.object({
  name: z.string(),
  email: z.string(),
  role: roleSchema,
  team: z.string(),
  pool: z.string(),
  extension: z.string(),
  /** Shown this once. */
  oneTimePassword: z.string(),
});
export type ImportedUser = z.output<typeof importedUserSchema>;

export const userImportResultSchema = z
  .object({
    preview: userImportPreviewSchema,
    /** Null: there is a problem, and nobody was added. */
    added: z.array(importedUserSchema).nullable(),
  })
  .meta({ id: 'UserImportResult' });
export type UserImportResult = z.output<typeof userImportResultSchema>;
