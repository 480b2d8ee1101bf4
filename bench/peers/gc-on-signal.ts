// Preloaded into Bun processes whose idle memory is measured: SIGUSR2 collects garbage, so that what is left is what
// the connections hold. Changes nothing else.
process.on("SIGUSR2", () => Bun.gc(true));
