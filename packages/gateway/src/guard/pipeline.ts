// Runs guards in the order of their stages; the first refusal ends it. Stays synchronous as long as they do.
import type { Handshake } from "../session/handshake.ts";
import { GUARD_STAGES, type Guard, type Verdict } from "./guard.ts";

export function createPipeline(guards: readonly Guard[]): Guard["judge"] {
  const ordered = [...guards].sort((a, b) => GUARD_STAGES.indexOf(a.stage) - GUARD_STAGES.indexOf(b.stage));
  return (handshake, nowMs) => judgeFrom(ordered, 0, handshake, nowMs);
}

function judgeFrom(
  guards: readonly Guard[],
  start: number,
  handshake: Handshake,
  nowMs: number,
): Verdict | Promise<Verdict> {
  for (let index = start; index < guards.length; index++) {
    const verdict = guards[index]?.judge(handshake, nowMs);
    if (verdict instanceof Promise) {
      return verdict.then((settled) => settled ?? judgeFrom(guards, index + 1, handshake, nowMs));
    }
    if (verdict !== undefined) return verdict;
  }
  return undefined;
}
