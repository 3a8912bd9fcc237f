import fc from 'fast-check';

/**
 * Property tests draw the same cases for the same commit, so that a red run speaks of the change. Other cases:
 * `RINGLINE_PROPERTY_SEED=$RANDOM npm test`.
 */
fc.configureGlobal({ seed: Number(process.env['RINGLINE_PROPERTY_SEED'] ?? 1) });
