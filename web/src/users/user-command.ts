/** What an admin does with one user. */
export type UserCommand = 'edit' | 'activate' | 'deactivate' | 'resetPassword' | 'resetFactor' | 'signOut';
