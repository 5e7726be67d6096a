import type { ReactElement } from 'react';
import { useProjectId } from '../../data/access/project-store.js';
import { useGet } from '../../data/queries/use-get.js';
import { CheckField } from '../../ui/fields/CheckField.js';

/** The members that a queue is assigned to. Hidden if the user is the only member. */
export function AssigneesField({
  value,
  onChange,
}: {
  /** Empty: everyone who may rate runs. */
  readonly value: readonly string[];
  readonly onChange: (value: readonly string[]) => void;
}): ReactElement | null {
  const project = useProjectId();
  const members = useGet('/api/projects/{id}/members', { params: { path: { id: project } } }, (reply) => reply.members);
  const known = members.value ?? [];
  const choices = known.map(({ member, name }) => [member, name] as const);
  // A person who left the project stays selected until the queue is changed.
  const left = value
    .filter((member) => known.every((one) => one.member !== member))
    .map((member) => [member, member] as const);
  if (choices.length + left.length === 0) return null;
  return (
    <CheckField
      title="Assigned to"
      help="If nobody is chosen: everyone who may rate runs."
      value={value}
      choices={[...choices, ...left]}
      onChange={onChange}
    />
  );
}
