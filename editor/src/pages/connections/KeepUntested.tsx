import type { ConnectionTest } from '@heddle/core';
import type { ReactElement } from 'react';
import type { ApiError } from '../../api/http.js';
import { Notice } from '../../frame/Notice.js';
import { Confirm } from '../Confirm.js';
import { NotReached } from '../portfolio/NotReached.js';

/** Asks whether a new connection whose test failed is kept all the same. */
export function KeepUntested({
  name,
  test,
  problem,
  onKeep,
  onChange,
}: {
  readonly name: string;
  readonly test: ConnectionTest;
  /** Why the way back to the form failed. */
  readonly problem: ApiError | undefined;
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
      onConfirm={onKeep}
      onClose={onChange}
    >
      <NotReached test={test} advice="Check the address and the key." />
      <p>Its test failed: runs that use its models will fail until it is set right.</p>
      {problem === undefined ? null : <Notice error={problem} />}
    </Confirm>
  );
}
