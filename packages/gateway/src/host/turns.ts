// Turns of the event loop: the door to "after all events that arrived together". Lets many small writes of one turn
// become one system call, without delaying the first of them.

export interface Turns {
  /** The number of the turn under way; the same for all events that arrived together. */
  enter(): number;
  /** Runs `task` when they have all been dealt with. Only within a turn that was entered. */
  atEnd(task: () => void): void;
}

export function createTurns(): Turns {
  let current = 0;
  let isEntered = false;
  let tasks: (() => void)[] = [];
  const end = (): void => {
    current++;
    isEntered = false;
    const due = tasks;
    if (due.length === 0) return;
    tasks = [];
    for (const task of due) task();
  };
  return {
    enter() {
      if (!isEntered) {
        isEntered = true;
        setImmediate(end);
      }
      return current;
    },
    atEnd: (task) => void tasks.push(task),
  };
}
