import { defaultProject, type ProjectReply } from '@heddle/core';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import { createStore } from 'zustand/vanilla';
import { client } from '../api/client.js';
import { onProjectGone } from '../http/http.js';
import { currentProject, forgetProject, keepProject } from './current-project.js';

/** The shortcut that opens the list of projects on every page. */
export const projectKeys = 'Shift+O';

interface ProjectsState {
  /** The projects of the user; undefined until known. */
  readonly projects: readonly ProjectReply[] | undefined;
  /** Whether the list of projects is open. */
  readonly isChoosing: boolean;
}

/** The projects of the user in this tab. */
export const projectStore = createStore<ProjectsState>(() => ({ projects: undefined, isChoosing: false }));

/**
 * The project to work in: the chosen one while the user is a member, else the first one. Undefined where there is nothing to choose, so
 * that a Heddle with one project names none.
 */
export function projectToUse(projects: readonly ProjectReply[], chosen: string | undefined): string | undefined {
  const open = projects.filter(({ archivedAt }) => archivedAt === undefined);
  if (projects.some(({ id }) => id === chosen) && projects.length > 1) return chosen;
  if (open.length < 2) return projects.length > 1 ? (open[0] ?? projects[0])?.id : undefined;
  return (open.find(({ id }) => id === defaultProject) ?? open[0])?.id;
}

/** Loads the projects again. Where the chosen one is missing, this tab restarts in another one. */
export async function readProjects(): Promise<void> {
  let projects: readonly ProjectReply[];
  try {
    projects = (await client.GET('/api/projects')).projects;
  } catch {
    return; // Keeps the known projects; a user who has to sign in is sent there.
  }
  projectStore.setState({ projects });
  const chosen = currentProject.getState().id;
  const used = projectToUse(projects, chosen);
  if (used === chosen) return;
  // With unknown projects no project is set: the page shows all of them.
  if (used === undefined) forgetProject();
  else if (!keepProject(used)) return;
  window.location.reload();
}

/**
 * Switches to another project: the page reloads, so that nothing of the old project is left. A page about one item of the old project is
 * replaced by the home page.
 */
export function chooseProject(id: string): void {
  if (!keepProject(id)) return;
  window.location.assign(staysAt(window.location.pathname));
}

/** The page after a switch: the same list, or the home page. */
export function staysAt(path: string): string {
  const [first, second] = path.split('/').filter((part) => part !== '');
  if (first === 'settings') return path;
  return second === undefined ? path : '/';
}

/** Follows a link into another project, whose id comes with the opened item. */
export function followProject(id: string | undefined): void {
  const { projects } = projectStore.getState();
  const chosen = currentProject.getState().id;
  if (id === undefined || chosen === undefined || id === chosen) return;
  if (projects !== undefined && !projects.some((project) => project.id === id)) return;
  if (keepProject(id)) window.location.reload();
}

/** A project as far as it is known: from the list, else by its id only. */
export function projectById(id: string = defaultProject): {
  readonly id: string;
  readonly archivedAt?: number | undefined;
} {
  return projectStore.getState().projects?.find((project) => project.id === id) ?? { id };
}

/** The project of this tab from the list; the only one where there is no choice. */
export function useProject(): ProjectReply | undefined {
  const projects = useStore(projectStore, (state) => state.projects);
  const chosen = useStore(currentProject, (state) => state.id);
  return projectOf(projects, chosen);
}

/** The same outside of components. */
export function projectNow(): ProjectReply | undefined {
  return projectOf(projectStore.getState().projects, currentProject.getState().id);
}

function projectOf(projects: readonly ProjectReply[] | undefined, chosen: string | undefined) {
  return projects?.find(({ id }) => id === chosen) ?? (projects?.length === 1 ? projects[0] : undefined);
}

/** The project, where there are several and its name matters. */
export function useNamedProject(): ProjectReply | undefined {
  const project = useProject();
  return useStore(projectStore, ({ projects }) => projects?.length ?? 0) > 1 ? project : undefined;
}

/** The name of a project by its id; the id where it is unknown. */
export function useProjectNames(): (id: string) => string {
  const projects = useStore(projectStore, (state) => state.projects);
  return (id) => projects?.find((project) => project.id === id)?.name ?? id;
}

/** The project id for requests of this tab. */
export function useProjectId(): string {
  return useProject()?.id ?? defaultProject;
}

/** Keeps the projects loaded while the editor is open. */
export function useProjectsRead(isOn: boolean): void {
  useEffect(() => {
    if (!isOn) return undefined;
    void readProjects();
    return onProjectGone(() => void readProjects());
  }, [isOn]);
}
