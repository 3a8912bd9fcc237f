import { hasEnded } from '../campaigns/campaign-hours.ts';
import { callingWindowOf } from '../compliance/calling-window.ts';
import { unreachable } from '../kernel/assert.ts';
import type { OrganizationDatabase } from '../kernel/database.ts';
import type { CampaignId, LeadId, OrganizationId } from '../kernel/ids.ts';
import type { Clock } from '../kernel/time.ts';
import type { NewId } from '../kernel/uuid.ts';
import { readDueCallbacks, skipPreviewedLead } from './agent-lead.store.ts';
import type { CampaignSettings } from './campaign-settings.ts';
import { claimLeads, putBackLeads, releaseClaims, zoneKeysOf } from './claim.store.ts';
import type { Fence } from './fence.ts';
import type { PoolEffect, PoolEvent } from './pool-event.ts';

const ZONE_KEYS_MS = 15_000;
const AGAIN_MS = 1000;
/** Beyond the time after which the server itself ends a statement. */
const STATEMENT_MS_MAX = 35_000;

export interface PoolClaimsPorts {
  readonly organizationId: OrganizationId;
  readonly fence: Fence;
  readonly database: OrganizationDatabase;
  readonly clock: Clock;
  readonly newId: NewId;
  readonly feed: (event: PoolEvent) => void;
  readonly onFailed: (error: unknown, message: string) => void;
  readonly settingsOf: (campaignId: CampaignId) => CampaignSettings | undefined;
  /** Leads that agents have: they keep them when claims are released. */
  readonly leadsForAgents: (campaignId: CampaignId) => readonly LeadId[];
  readonly hasLeft: () => boolean;
}

type Asked<Do extends PoolEffect['do']> = Extract<PoolEffect, { do: Do }>;
export type ClaimEffect = Asked<
  'claim' | 'put-back' | 'look-for-callbacks' | 'claim-for-agents' | 'claim-lead' | 'skip-preview'
>;

/** Locks leads for the loop of one pool and gives them back. What a lost reply may have locked is released again. */
export class PoolClaims {
  readonly #ports: PoolClaimsPorts;
  readonly #zoneKeys = new Map<CampaignId, { keys: readonly string[]; readAt: number }>();

  constructor(ports: PoolClaimsPorts) {
    this.#ports = ports;
  }

  perform(effect: ClaimEffect): void {
    switch (effect.do) {
      case 'claim':
        void this.#claim(effect);
        return;
      case 'claim-for-agents':
        void this.#claimForAgents(effect);
        return;
      case 'claim-lead':
        void this.#claimLead(effect);
        return;
      case 'look-for-callbacks':
        void this.#lookForCallbacks(effect);
        return;
      case 'put-back':
        void this.#putBack(effect);
        return;
      case 'skip-preview':
        void this.#skip(effect);
        return;
      default:
        unreachable(effect);
    }
  }

  /** The settings were read anew: lists may have come and gone. */
  forgetZones(): void {
    this.#zoneKeys.clear();
  }

  async #claim({ batchId, campaignId, count, isSweep }: Asked<'claim'>): Promise<void> {
    const { database, fence, feed } = this.#ports;
    try {
      const request = { ...(await this.#request(campaignId, isSweep)), count, isSweep };
      const leads = request.zoneKeys.length === 0 ? [] : await claimLeads(database, fence, request);
      feed({ type: 'claimed', batchId, leads });
    } catch (error) {
      await this.#claimFailed(error, campaignId);
      feed({ type: 'claim-failed', batchId });
    }
  }

  async #claimForAgents(asked: Asked<'claim-for-agents'>): Promise<void> {
    const { database, fence, feed } = this.#ports;
    const { batchId, campaignId, what, count, agentIds } = asked;
    try {
      const request = { ...(await this.#request(campaignId, false)), count, purpose: 'preview' } as const;
      const wanted = what === 'previews' ? request : { ...request, ownOf: agentIds };
      const leads = request.zoneKeys.length === 0 ? [] : await claimLeads(database, fence, wanted);
      feed({ type: 'claimed-for-agents', batchId, leads });
    } catch (error) {
      await this.#claimFailed(error, campaignId);
      feed({ type: 'claim-failed', batchId });
    }
  }

  async #claimLead(asked: Asked<'claim-lead'>): Promise<void> {
    const { organizationId, database, fence, clock, feed, onFailed } = this.#ports;
    const { orderId, campaignId, leadId, numberId, isHeld, purpose } = asked;
    try {
      const [lead = null] = await claimLeads(database, fence, {
        ...{ organizationId, campaignId, zoneKeys: [], count: 1, now: clock.now(), purpose },
        newId: <Id extends string>() => orderId as string as Id,
        named: { leadId, numberId, isHeld },
      });
      if (lead === null && isHeld) void this.#putBack({ campaignId, leadIds: [leadId] });
      feed({ type: 'lead-claimed', orderId, lead });
    } catch (error) {
      onFailed(error, 'lead not claimed');
      void this.#putBack({ campaignId, leadIds: [leadId] });
      feed({ type: 'lead-claimed', orderId, lead: null });
    }
  }

  async #lookForCallbacks({ agentIds }: Asked<'look-for-callbacks'>): Promise<void> {
    const { database, fence, clock, feed, onFailed } = this.#ports;
    try {
      const due = await readDueCallbacks(database, fence, { agentIds, now: clock.now() });
      feed({ type: 'callbacks-due', due });
    } catch (error) {
      onFailed(error, 'callbacks not read');
      feed({ type: 'callbacks-due', due: [] });
    }
  }

  async #skip(effect: Asked<'skip-preview'>): Promise<void> {
    const { organizationId, database, fence, onFailed } = this.#ports;
    try {
      await skipPreviewedLead(database, fence, { ...effect, organizationId });
    } catch (error) {
      onFailed(error, 'skipped lead not put back; trying again');
      const { campaignId, leadId } = effect.preview;
      await this.#putBack({ campaignId, leadIds: [leadId] });
    }
  }

  async #putBack(leads: {
    readonly campaignId: CampaignId;
    readonly leadIds: readonly LeadId[];
  }): Promise<void> {
    const { database, fence, onFailed } = this.#ports;
    try {
      await putBackLeads(database, fence, leads);
    } catch (error) {
      onFailed(error, 'claimed leads not put back; trying again');
      await this.#release(leads.campaignId);
    }
  }

  async #request(
    campaignId: CampaignId,
    isSweep: boolean,
  ): Promise<
    Pick<
      Parameters<typeof claimLeads>[2],
      'organizationId' | 'campaignId' | 'zoneKeys' | 'now' | 'newId' | 'isCallbacksOnly'
    >
  > {
    const { organizationId, clock, newId, settingsOf } = this.#ports;
    const now = clock.now();
    const keys = await this.#zoneKeysOf(campaignId, now);
    const zoneKeys = keys.filter((key) => callingWindowOf(key, now).isOpen !== isSweep);
    const settings = settingsOf(campaignId);
    const isCallbacksOnly = settings !== undefined && hasEnded(settings, now);
    return { organizationId, campaignId, zoneKeys, now, newId, isCallbacksOnly };
  }

  async #zoneKeysOf(campaignId: CampaignId, now: number): Promise<readonly string[]> {
    const known = this.#zoneKeys.get(campaignId);
    if (known && now - known.readAt < ZONE_KEYS_MS) return known.keys;
    const keys = await zoneKeysOf(this.#ports.database, campaignId);
    this.#zoneKeys.set(campaignId, { keys, readAt: now });
    return keys;
  }

  async #claimFailed(error: unknown, campaignId: CampaignId): Promise<void> {
    this.#ports.onFailed(error, 'leads not claimed');
    await this.#release(campaignId);
    // The statement may still have run on the server when its connection was gone.
    setTimeout(() => void this.#release(campaignId), STATEMENT_MS_MAX).unref();
  }

  /** Tried until the database answers. A batch whose claims it takes with it is put back by its own commit. */
  async #release(campaignId: CampaignId): Promise<void> {
    const { database, fence, hasLeft, leadsForAgents, onFailed } = this.#ports;
    while (!hasLeft()) {
      try {
        await releaseClaims(database, fence, { campaignId, butLeadIds: leadsForAgents(campaignId) });
        return;
      } catch (error) {
        onFailed(error, 'claims not released yet; trying again');
        await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
      }
    }
  }
}
