import { z } from 'zod';
import type { PoolId, TrunkId } from '../../kernel/ids.ts';
import { idOf, nameSchema, typedPhoneSchema } from './scalar.schema.ts';

export const poolSchema = z
  .object({
    poolId: idOf<PoolId>(),
    name: z.string(),
    agentCount: z.number().int(),
    health: z.object({
      /** False while no process owns the pool or its owner cannot be reached. */
      isOwned: z.boolean(),
      /** Null while the pool may dial; else the sentence that says why not. */
      notDialling: z.string().nullable(),
    }),
  })
  .meta({ id: 'Pool' });
export type Pool = z.output<typeof poolSchema>;

/** GET /api/pools */
export const poolsSchema = z.object({ pools: z.array(poolSchema) });
export type Pools = z.output<typeof poolsSchema>;

/** POST /api/pools and PATCH /api/pools/:poolId */
export const poolInputSchema = z.strictObject({ name: nameSchema });

/**
 * A dial string that can only reach a trunk: sofia, one `{number}`, and none of the characters by which FreeSWITCH tells several
 * destinations, variables or applications apart.
 */
export const dialTemplateSchema = z
  .string()
  .trim()
  .max(200, 'may have at most 200 characters')
  .regex(
    /^sofia\/(?:gateway\/[A-Za-z0-9_.-]+\/[A-Za-z0-9+#*]*\{number\}|[A-Za-z0-9_.-]+\/(?:sips?:)?[A-Za-z0-9+#*]*\{number\}@[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:;transport=(?:udp|tcp|tls))?)$/,
    'must look like sofia/gateway/carrier/{number} or sofia/trunk/{number}@host:5060',
  );

const trunkFields = {
  name: nameSchema,
  dialTemplate: dialTemplateSchema,
  numberFormat: z.enum(['e164', 'e164-without-plus', 'national']),
  /** Where the carrier wants the caller's number: From, P-Asserted-Identity, or both. */
  callerIdIn: z.enum(['from', 'pai', 'from-and-pai']),
  codecs: z
    .string()
    .trim()
    .regex(
      /^[A-Za-z0-9@._-]+(?:,[A-Za-z0-9@._-]+)*$/,
      'must be names with commas between them, like PCMU,PCMA',
    )
    .max(100),
  callsMax: z.number().int().min(1).max(100_000),
  callsPerSecondMax: z.number().int().min(1).max(10_000),
  /** 0: the trunk is not asked whether it lives. */
  pingSeconds: z.number().int().min(0).max(3600),
};

export const trunkSchema = z
  .object({
    trunkId: idOf<TrunkId>(),
    ...trunkFields,
    name: z.string(),
    dialTemplate: z.string(),
    codecs: z.string(),
  })
  .meta({ id: 'Trunk' });
export type Trunk = z.output<typeof trunkSchema>;

/** GET /api/trunks */
export const trunksSchema = z.object({ trunks: z.array(trunkSchema) });
export type Trunks = z.output<typeof trunksSchema>;

/** POST /api/trunks */
export const newTrunkSchema = z.strictObject({
  ...trunkFields,
  numberFormat: trunkFields.numberFormat.default('e164'),
  callerIdIn: trunkFields.callerIdIn.default('from'),
  codecs: trunkFields.codecs.default('PCMU,PCMA'),
  callsMax: trunkFields.callsMax.default(100),
  callsPerSecondMax: trunkFields.callsPerSecondMax.default(10),
  pingSeconds: trunkFields.pingSeconds.default(30),
});

/** PATCH /api/trunks/:trunkId */
export const trunkChangeSchema = z.strictObject(trunkFields).partial();

/** POST /api/trunks/test: settings as they stand in the form, saved or not. */
export const trunkTestInputSchema = z.strictObject({
  dialTemplate: dialTemplateSchema,
  numberFormat: trunkFields.numberFormat,
  number: typedPhoneSchema,
});
export type TrunkTestInput = z.output<typeof trunkTestInputSchema>;

export const trunkTestSchema = z
  .object({
    /** As it was understood. */
    phone: z.string(),
    /** As the carrier would get it. */
    dialled: z.string(),
    destination: z.string(),
  })
  .meta({ id: 'TrunkTest' });
export type TrunkTest = z.output<typeof trunkTestSchema>;
