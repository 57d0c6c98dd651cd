// Takes the place of uvu in the suites that try mutants: keeps their tests, so that each can be run by itself, and again.
export const registered = [];

export function suite() {
  const hooks = { before: [], each: [], afterEach: [] };
  const tests = [];
  const test = (name, handler) => tests.push({ name, handler });
  test.skip = () => {};
  test.before = (hook) => hooks.before.push(hook);
  test.before.each = (hook) => hooks.each.push(hook);
  test.after = () => {};
  test.after.each = (hook) => hooks.afterEach.push(hook);
  test.run = () => {
    for (const one of tests.splice(0)) registered.push({ name: one.name, run: () => run(one.handler, hooks) });
  };
  return test;
}
async function run(handler, { before, each, afterEach }) {
  for (const hook of before.splice(0)) await hook({});
  for (const hook of each) await hook({});
  try {
    await handler({});
  } finally {
    for (const hook of afterEach) await hook({});
  }
}
export const test = suite();
