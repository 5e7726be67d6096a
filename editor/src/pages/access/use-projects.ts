import { defaultProject, type ProjectReply } from '@heddle/core';
import { useState } from 'react';
import { access } from '../../api/access.js';
import { useLoaded } from '../home/use-loaded.js';

/** The projects one may look at, and the one that is looked at now. */
export function useProjects(): {
  readonly projects: readonly ProjectReply[];
  readonly project: string;
  readonly choose: (project: string) => void;
} {
  const { value } = useLoaded(access.projects);
  const [chosen, choose] = useState<string>();
  const projects = value ?? [];
  return { projects, project: chosen ?? projects[0]?.id ?? defaultProject, choose };
}
