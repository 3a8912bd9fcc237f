declare const brand: unique symbol;
/** A string (or number) that may not be mixed up with another of the same shape. */
export type Branded<T, Name extends string> = T & { readonly [brand]: Name };

export type OrganizationId = Branded<string, 'OrganizationId'>;
export type UserId = Branded<string, 'UserId'>;
/** An agent is a user with a seat in a pool: the ids are the same UUID, the words are not. */
export type AgentId = Branded<string, 'AgentId'>;
export type PoolId = Branded<string, 'PoolId'>;
export type CampaignId = Branded<string, 'CampaignId'>;
export type ListId = Branded<string, 'ListId'>;
export type LeadId = Branded<string, 'LeadId'>;
/** One of the numbers of a lead. */
export type NumberId = Branded<string, 'NumberId'>;
/** A question about leads that was kept under a name. */
export type LeadFilterId = Branded<string, 'LeadFilterId'>;
export type LeadNoteId = Branded<string, 'LeadNoteId'>;
/** A call, its open attempt and its channel on the switch (`origination_uuid`) share this id. */
export type CallId = Branded<string, 'CallId'>;
/** The leg of an agent's phone, which stays up from call to call. */
export type LegId = Branded<string, 'LegId'>;
export type TeamId = Branded<string, 'TeamId'>;
/** Names a session to its user; opens nothing. */
export type SessionId = Branded<string, 'SessionId'>;
export type ApiKeyId = Branded<string, 'ApiKeyId'>;
export type AdminChangeId = Branded<string, 'AdminChangeId'>;
export type TrunkId = Branded<string, 'TrunkId'>;
export type ImportId = Branded<string, 'ImportId'>;
/** Given by the browser to each command, so that a repeated one changes nothing. */
export type CommandId = Branded<string, 'CommandId'>;

/** Generation of a pool's owner; every takeover adds one. Writes and channels of an older one are void. */
export type Epoch = Branded<number, 'Epoch'>;
