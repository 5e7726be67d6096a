import { z } from 'zod';
import { Role } from '../access/permissions.js';
import { withReadOnly } from './read-only.js';
import { lazyObject, lazyStrictObject } from '../values/lazy-object.js';

const Name = z.string().trim().min(1).max(100);
const Roles = z.array(Role).max(6);

/** The header with the project of a request: for new resources and for lists. */
export const projectHeader = 'heddle-project';

/** A project. */
export const ProjectReply = lazyObject(() => ({
  id: z.string(),
  name: z.string(),
  /** The roles of the caller. */
  roles: Roles,
  /** Whether the caller may manage its members. */
  isManager: z.boolean(),
  /** When it was archived (milliseconds since the epoch); missing for an active project. */
  archivedAt: z.number().optional(),
})).meta({ id: 'ProjectReply' });
export type ProjectReply = z.infer<typeof ProjectReply>;
/** Reply of `GET /api/projects`. */
export const ProjectsReply = z.object({ projects: z.array(ProjectReply) }).meta({ id: 'ProjectsReply' });
export type ProjectsReply = z.infer<typeof ProjectsReply>;

/** Body of `POST /api/projects`. */
export const ProjectRequest = lazyStrictObject(() => ({
  name: Name,
  /** Id of a project whose grants the new project also gets. Without it, the new project has no grants. */
  grantsFrom: z.string().max(64).optional(),
})).meta({ id: 'ProjectRequest' });
export type ProjectRequest = z.infer<typeof ProjectRequest>;
/** Body of `PATCH /api/projects/:id`. */
export const ChangeProjectRequest = withReadOnly(ProjectRequest.omit({ grantsFrom: true }), ProjectReply).meta({
  id: 'ChangeProjectRequest',
});

/** A user or a service account in a project. */
export const MemberReply = lazyObject(() => ({
  /** `user:ID` or `service:ID`. */
  member: z.string(),
  name: z.string(),
  email: z.string().optional(),
  roles: Roles,
})).meta({ id: 'MemberReply' });
export type MemberReply = z.infer<typeof MemberReply>;
/** Reply of `GET /api/projects/:id/members`. */
export const MembersReply = z.object({ members: z.array(MemberReply) }).meta({ id: 'MembersReply' });
export type MembersReply = z.infer<typeof MembersReply>;

/** Body of `PUT /api/projects/:id/members/:member`; an empty list removes the member. */
export const SetMemberRequest = withReadOnly(z.strictObject({ roles: Roles }), MemberReply).meta({
  id: 'SetMemberRequest',
});
export type SetMemberRequest = z.infer<typeof SetMemberRequest>;

/** A service account: its keys act for it. */
export const ServiceReply = lazyObject(() => ({ id: z.string(), name: z.string() })).meta({ id: 'ServiceReply' });
export type ServiceReply = z.infer<typeof ServiceReply>;
/** Reply of `GET /api/services`. */
export const ServicesReply = z.object({ services: z.array(ServiceReply) }).meta({ id: 'ServicesReply' });
export type ServicesReply = z.infer<typeof ServicesReply>;

/** Body of `POST /api/services`, for the project of the request. */
export const CreateServiceRequest = lazyStrictObject(() => ({
  name: Name,
  roles: Roles.min(1).default(['runner']),
})).meta({ id: 'CreateServiceRequest' });
export type CreateServiceRequest = z.infer<typeof CreateServiceRequest>;
