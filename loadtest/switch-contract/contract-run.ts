import { CONTRACT_CASES, CRASH_CASE } from './contract-cases.ts';
import { ContractPlay, type ContractCase } from './contract-play.ts';
import type { ContractStage } from './contract-stage.ts';
import type { ContractTrace } from './contract-trace.ts';

/** Plays all cases side by side, then the one that kills the switch, and returns what was heard. */
export async function playContract(stage: ContractStage, run = 0): Promise<ContractTrace[]> {
  const traces = await Promise.all(
    CONTRACT_CASES.map((each, i) => playCase(stage, each, { serial: i + 1, run })),
  );
  const crash = await playCase(stage, CRASH_CASE, { serial: CONTRACT_CASES.length + 1, run });
  return [...traces, crash];
}

async function playCase(
  stage: ContractStage,
  contractCase: ContractCase,
  place: { readonly serial: number; readonly run: number },
): Promise<ContractTrace> {
  const play = await ContractPlay.begin(stage, contractCase.name, place);
  await contractCase.play(play);
  return play.end();
}
