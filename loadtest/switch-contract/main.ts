import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { EventSocketClient } from '../sip/event-socket-client.ts';
import { recordOf } from './contract-record.ts';
import { playContract } from './contract-run.ts';
import type { ContractTrace } from './contract-trace.ts';
import { startRealStage } from './real-stage.ts';

/** Records the contract on the FreeSWITCH on PATH: `node loadtest/switch-contract/main.ts [RUNS] [BEGINNING OF THE CASES' NAMES]`. */
const runs = Number(process.argv[2] ?? 5);
const only = process.argv[3] ?? '';
const folder = path.join(import.meta.dirname, 'traces');
const traces: ContractTrace[][] = [];
let version = '';
for (let run = 0; run < runs; run += 1) {
  const stage = await startRealStage();
  try {
    const client = await EventSocketClient.open(stage.eventSocket);
    version = (await client.api('version short')).trim();
    client.close();
    traces.push(await playContract(stage, run));
    process.stdout.write(`run ${run + 1} of ${runs}\n`);
  } finally {
    await stage.stop();
  }
}
mkdirSync(folder, { recursive: true });
traces[0]?.forEach(({ case: name }, i) => {
  if (!name.startsWith(only)) return;
  const record = recordOf(
    traces.flatMap((run) => run[i] ?? []),
    `FreeSWITCH ${version}`,
  );
  const file = `${name.replaceAll(/[^a-z0-9]+/gi, '-').toLowerCase()}.json`;
  writeFileSync(path.join(folder, file), `${JSON.stringify(record, null, 2)}\n`);
});
