import type { NewUser, Role, User, UserChange } from '../../../server/api.ts';

export const USER_ROLES: readonly Role[] = ['agent', 'supervisor', 'manager', 'officer', 'auditor', 'admin'];

export interface UserFields {
  name: string;
  email: string;
  role: Role;
  locale: User['locale'];
  /** Empty for none. */
  teamId: string;
  poolId: string;
  extension: string;
}

export type UserGap = 'name' | 'email' | 'poolId' | 'extension';

/** A user while somebody types him. */
export class UserForm {
  readonly #before: User | null;
  readonly fields: UserFields = $state({
    name: '',
    email: '',
    role: 'agent',
    locale: 'en',
    teamId: '',
    poolId: '',
    extension: '',
  });

  constructor(user: User | null) {
    this.#before = user;
    if (user === null) return;
    const { name, email, role, locale, agent, team } = user;
    Object.assign(this.fields, {
      name,
      email,
      role,
      locale,
      teamId: team?.teamId ?? '',
      poolId: agent?.poolId ?? '',
      extension: agent?.extension ?? '',
    });
  }

  /** What must still be filled in. */
  get gaps(): readonly UserGap[] {
    const { name, email, role, poolId, extension } = this.fields;
    const isNew = this.#before === null;
    return [
      ...(name.trim() === '' ? (['name'] as const) : []),
      ...(isNew && !email.includes('@') ? (['email'] as const) : []),
      ...(role === 'agent' && poolId === '' ? (['poolId'] as const) : []),
      ...(role === 'agent' && !/^[0-9]{2,8}$/.test(extension.trim()) ? (['extension'] as const) : []),
    ];
  }

  get forNew(): NewUser {
    const { name, email, role, locale, teamId } = this.fields;
    return {
      name: name.trim(),
      email: email.trim(),
      role,
      locale,
      teamId: teamId === '' ? null : teamId,
      ...this.#seat(),
    };
  }

  get change(): UserChange {
    const { name, role, locale, teamId } = this.fields;
    return { name: name.trim(), role, locale, teamId: teamId === '' ? null : teamId, ...this.#seat() };
  }

  #seat(): Pick<NewUser, 'agent'> {
    const { role, poolId, extension } = this.fields;
    return role === 'agent' ? { agent: { poolId: poolId, extension: extension.trim() } } : {};
  }
}
