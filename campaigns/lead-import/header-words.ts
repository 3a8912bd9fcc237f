/** What a column of a file may be. Every other column is kept with the lead as a field of the organization's own. */
export const LEAD_FIELDS = [
  'phone',
  'firstName',
  'lastName',
  'fullName',
  'externalId',
  'other',
  'ignore',
] as const;
export type LeadField = (typeof LEAD_FIELDS)[number];

/** Header words of the languages that our people use, in small letters, without accents, spaces and marks. */
const HEADER_WORDS: Readonly<Record<Exclude<LeadField, 'other' | 'ignore'>, string>> = {
  externalId:
    'id externalid leadid customerid clientid contactid accountid recordid personid customerno customernumber accountnumber ' +
    'accountno crmid vendorleadcode idcliente numerocliente codigocliente kundennummer kundennr kundenid numeroclient idclient ' +
    'codeclient 客户编号 客户id 编号 客户号',
  firstName: 'firstname fname givenname forename first nombre nombres primernombre vorname prenom 名 名字',
  lastName:
    'lastname lname surname familyname last apellido apellidos nachname familienname nomdefamille nom 姓 姓氏',
  fullName:
    'name fullname contactname customername clientname leadname contact customer nombrecompleto nombreyapellidos cliente ' +
    'vollstandigername kunde ansprechpartner nomcomplet client 姓名 客户姓名 客户名称 联系人',
  phone:
    'phone phonenumber phoneno phonenum tel telephone telephonenumber telno mobile mobilephone mobilenumber mobileno cell ' +
    'cellphone cellnumber homephone workphone dayphone eveningphone altphone alternatephone otherphone primaryphone ' +
    'contactnumber contactphone msisdn number dial telefono telefonomovil movil celular numerodetelefono telefon ' +
    'telefonnummer rufnummer handy handynummer mobil mobilnummer mobiltelefon festnetz telephonemobile portable ' +
    'numerodetelephone telephonefixe 电话 电话号码 手机 手机号 手机号码 联系电话 移动电话 固定电话 号码',
};

const FIELD_BY_WORD: ReadonlyMap<string, LeadField> = new Map(
  Object.entries(HEADER_WORDS).flatMap(([field, words]) =>
    words.split(' ').map((word) => [word, field as LeadField] as const),
  ),
);

/** Letters and digits in small form, without accents: "Teléfono (móvil)" is telefonomovil. */
export function wordOf(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]/gu, '');
}

/** Parts of names that are those of phone columns, whatever stands beside them; what stands in them has the last word. */
const PHONE_PARTS = /phone|mobile|telefon|movil|celular|handy|rufnummer|portable|电话|手机/;

/** What a column of this name usually is, also with a number behind it ("phone 2"). */
export function fieldByName(name: string): LeadField {
  const word = wordOf(name);
  const field = FIELD_BY_WORD.get(word) ?? FIELD_BY_WORD.get(word.replace(/\d+$/, ''));
  return field ?? (PHONE_PARTS.test(word) ? 'phone' : 'other');
}

const CODE_PARTS =
  /zip|postcode|postal|postleitzahl|^plz|code$|id$|number$|nummer$|nr$|ssn|邮编|邮政|编号|编码|号$/;

/** Names of what is written in digits and is no amount: 02134 is not 2134. */
export function isCode(name: string): boolean {
  return CODE_PARTS.test(wordOf(name));
}
