// A parent that starts a child which never yields, names it, and waits to be killed.
import { createCaller } from '../create-caller.js';
import { HeddleError } from '@heddle/core';

const caller = createCaller({
  entry: new URL('./echo-child.js', import.meta.url),
  lost: () => new HeddleError('model_host_lost', 'Gone.'),
  onNotice: () => {
    void caller.call('spin', undefined, () => undefined);
    process.send?.({ pid: caller.child.pid });
  },
});
