// Ends this process with the one that started it. npm runs a script through a shell, and a shell that is told to
// end does not pass that on: what it had started would stay behind, with its ports and all.

const LOOK_MS = 500;

/** Raises SIGTERM here, which ends whatever handles it in order, once the parent has gone. */
export function endWithParent() {
  const parent = process.ppid;
  const timer = setInterval(() => {
    if (process.ppid === parent) return;
    clearInterval(timer);
    process.kill(process.pid, "SIGTERM");
  }, LOOK_MS);
  timer.unref();
}
