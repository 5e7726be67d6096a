import type { ConnectionTest } from '@heddle/core';
import type { ReactElement } from 'react';
import { Confirm } from '../Confirm.js';
import { NotReached } from '../portfolio/NotReached.js';
import type { Action } from '../use-action.js';

/** Asks whether a new connection whose test failed is kept all the same. */
export function KeepUntested({
  name,
  test,
  action,
  onKeep,
  onChange,
}: {
  readonly name: string;
  readonly test: ConnectionTest;
  readonly action: Action;
  readonly onKeep: () => void;
  /** Back to the form, with nothing kept. */
  readonly onChange: () => void;
}): ReactElement {
  return (
    <Confirm
      title={`Keep ${name} all the same?`}
      verb="Keep it"
      back="Change it"
      isHarmless
      action={action}
      onConfirm={onKeep}
      onClose={onChange}
    >
      <NotReached test={test} advice="Check the address and the key." />
      <p>Its test failed: runs that use its models will fail until it is set right.</p>
    </Confirm>
  );
}
