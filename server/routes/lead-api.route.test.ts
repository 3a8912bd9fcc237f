import { expect, test } from 'vitest';
import { claim, openAttempts, placeCalls, storedPool, storeLeads } from '../../dialer/stored-pool.fixture.ts';
import type { FreshApiKey } from '../api/api-key.schema.ts';
import type { Lead, Leads, LeadsWritten } from '../api/lead.schema.ts';
import type { ErrorBody } from '../api/scalar.schema.ts';
import { useTestHttp, type Answer } from '../test-http.ts';

const http = useTestHttp();

/** A program with a key and nothing else: neither cookie nor CSRF token nor our origin. */
async function program(role: string, organizationId = http().database.organizationId) {
  const admin = await http().signedIn('admin', { organizationId });
  const key = { name: `CRM ${role}`, role, expiresAt: null };
  const { body } = await admin.send<FreshApiKey>('POST', '/api/api-keys', key);
  const headers = { authorization: `Bearer ${body.key}`, origin: 'https://crm.example' };
  return <Body>(method: string, path: string, sent?: unknown): Promise<Answer<Body & ErrorBody>> =>
    http().stranger().send(method, path, sent, headers);
}

async function runningCampaign() {
  const pool = await storedPool(http().database);
  await pool.organization.query`
    update campaign set state = 'running' where campaign_id = ${pool.seed.campaignId}`;
  return { pool, listId: pool.seed.listId };
}

test('a program adds a lead of high priority to a running campaign, and it is dialled before all that waited', async () => {
  const ask = await program('manager');
  const { pool, listId } = await runningCampaign();
  await storeLeads(pool, [{}, {}, {}]);
  const added = await ask<LeadsWritten>('POST', '/api/leads', {
    listId,
    leads: [
      {
        externalId: 'CRM-1',
        firstName: 'Ada',
        numbers: ['(212) 555-4711'],
        fields: { Plan: 'gold' },
        priority: 90,
      },
      { externalId: 'CRM-2', numbers: ['212 555 47'] },
    ],
  });
  expect(added.body).toMatchObject({
    written: 1,
    refused: 1,
    results: [{ problem: null }, { leadId: null, problem: { code: 'phone-too-short' } }],
  });
  const leadId = added.body.results[0]?.leadId;
  const [next] = await claim(pool, { count: 1 });
  expect(next?.candidate.leadId).toBe(leadId);
});

test('a program changes a lead by its own id, and the next call takes what it has said', async () => {
  const ask = await program('manager');
  const { pool, listId } = await runningCampaign();
  await ask('POST', '/api/leads', {
    listId,
    leads: [
      { externalId: 'CRM-10', numbers: ['212 555 4720'], priority: 50 },
      { externalId: 'CRM-11', firstName: 'Bob', numbers: ['212 555 4721'], fields: { Plan: 'gold' } },
    ],
  });
  const found = await ask<Leads>('GET', '/api/leads?q=CRM-11');
  const leadId = found.body.leads[0]?.leadId;
  const change = {
    leadId,
    numbers: ['212 555 4722'],
    fields: { Plan: null, Note: 'asked twice' },
    priority: 99,
  };
  const changed = await ask<LeadsWritten>('PATCH', '/api/leads', { leads: [change] });
  expect(changed.body).toMatchObject({ written: 1, refused: 0 });
  expect((await ask<Lead>('GET', `/api/leads/${leadId ?? ''}`)).body).toMatchObject({
    firstName: 'Bob',
    fields: { Note: 'asked twice' },
    numbers: [{ phone: '+12125554722' }],
    campaigns: [{ priority: 99, phone: '+12125554722' }],
  });
  const [next] = await claim(pool, { count: 1 });
  expect(next?.candidate).toMatchObject({ leadId, phone: '+12125554722' });
});

test('a program removes a lead that waits at once, and is told of one that is in a call', async () => {
  const ask = await program('manager');
  const { pool, listId } = await runningCampaign();
  const [called] = await placeCalls(pool, [{}]);
  const added = await ask<LeadsWritten>('POST', '/api/leads', {
    listId,
    leads: [{ numbers: ['212 555 4730'], priority: 90 }],
  });
  const leadId = added.body.results[0]?.leadId;
  const leadIds = [leadId, called?.candidate.leadId];
  const removed = await ask<LeadsWritten>('DELETE', '/api/leads', { leadIds });
  expect(removed.body).toMatchObject({
    written: 1,
    refused: 1,
    results: [{ leadId, problem: null }, { problem: { code: 'in-call' } }],
  });
  expect((await ask('GET', `/api/leads/${leadId ?? ''}`)).status).toBe(404);
  expect(await claim(pool)).toEqual([]);
  expect(await openAttempts(pool)).toHaveLength(1);
});

test('a key that may only look changes no lead, and one of another organization finds none', async () => {
  const { pool, listId } = await runningCampaign();
  const [lead] = await storeLeads(pool, [{}]);
  const auditor = await program('auditor');
  const leads = [{ numbers: ['212 555 4740'] }];
  expect((await auditor('POST', '/api/leads', { listId, leads })).status).toBe(403);
  expect((await auditor('DELETE', '/api/leads', { leadIds: [lead?.leadId] })).status).toBe(403);
  const stranger = await program('manager', await http().database.makeOrganization('Elsewhere'));
  const added = await stranger('POST', '/api/leads', { listId, leads });
  expect(added.status).toBe(404);
  const removed = await stranger<LeadsWritten>('DELETE', '/api/leads', { leadIds: [lead?.leadId] });
  expect(removed.body).toMatchObject({ written: 0, refused: 1 });
});
