// Which cores a measurement uses: the server under test has one of its own, the generator and the back ends share the
// others. Left to itself the scheduler sometimes puts both ends of a loopback connection on one core and sometimes
// not, and a message costs half as much again when they are apart: two runs would differ by that alone. Clients
// of a real gateway are never on its core.
import { availableParallelism } from "node:os";

export type Role = "subject" | "support";

/** The command that runs `command` on the cores of its role. On a machine with one core that is all there is. */
export function onCoresOf(
  role: Role,
  command: readonly string[],
  coreCount = availableParallelism(),
): string[] {
  if (coreCount < 2) return [...command];
  // Interrupts tend to be handled on the first core: that one is not for the subject.
  const last = coreCount - 1;
  const cores = role === "subject" ? `${last}` : `0-${last - 1}`;
  return ["taskset", "--cpu-list", cores, ...command];
}
