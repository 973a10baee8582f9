"""Why a counterparty or a document stands where it stands in the EDO, and what a person is to do about it."""

from __future__ import annotations

from enum import StrEnum


class Reason(StrEnum):
    """One reason for one line of a report or of the list for a person. The value is stored, the text is shown."""

    # nothing to do for anybody
    PARTNERS = "partners"
    NO_INVITATION_YET = "no_invitation_yet"
    THEY_INVITED_US = "they_invited_us"
    NOT_AT_THE_OPERATOR = "not_at_the_operator"
    INVITED_THIS_MONTH = "invited_this_month"
    REMINDED_THIS_MONTH = "reminded_this_month"
    SILENT = "silent"
    TASK_RUNNING = "task_running"
    ROAMING_REQUEST_FILED = "roaming_request_filed"
    ROAMING_SILENT = "roaming_silent"
    PARTNERSHIP_NOT_NEEDED = "partnership_not_needed"
    SAID_BY_PERSON = "said_by_person"
    LEFT_ALONE = "left_alone"
    REQUISITES = "requisites"
    NOT_PARTNERS = "not_partners"
    STILL_RUNNING = "still_running"
    # a person has to do something
    SEVERAL_BOXES = "several_boxes"
    BOX_GONE = "box_gone"
    OTHER_KPP = "other_kpp"
    LIQUIDATED = "liquidated"
    BRANCH_NOT_FOUND = "branch_not_found"
    ENTREPRENEUR_NOT_FOUND = "entrepreneur_not_found"
    HIDDEN_ELSEWHERE = "hidden_elsewhere"
    REFUSED_BY_THEM = "refused_by_them"
    REFUSED_BY_US = "refused_by_us"
    UNKNOWN_STATUS = "unknown_status"
    INVITATION_FAILED = "invitation_failed"
    INVITATION_WANTS_SIGNATURE = "invitation_wants_signature"
    ROAMING_REQUEST_NEEDED = "roaming_request_needed"
    ROAMING_OPERATOR_INACTIVE = "roaming_operator_inactive"
    ROAMING_STUCK = "roaming_stuck"
    # documents
    NOT_SAYABLE = "not_sayable"
    NOT_TAKEN = "not_taken"
    NO_ANSWER = "no_answer"
    NOT_SIGNED = "not_signed"
    SIGNING_WAITS = "signing_waits"
    ACCOUNT_FAILS = "account_fails"
    SIGNATURE_INVALID = "signature_invalid"
    DELIVERY_FAILED = "delivery_failed"
    ROAMING_ERROR = "roaming_error"
    REFUSED = "refused"
    SIGNED_WITH_DISAGREEMENTS = "signed_with_disagreements"
    ANNULMENT_ASKED_BY_THEM = "annulment_asked_by_them"
    ANNULLED = "annulled"
    WAITS_FOR_OUR_SIGNATURE = "waits_for_our_signature"
    CLARIFICATION_ASKED = "clarification_asked"
    OUR_RECEIPT_IS_DUE = "our_receipt_is_due"
    # a run
    OPERATOR_REFUSES_US = "operator_refuses_us"
    # the preflight
    CERTIFICATE_LAPSES = "certificate_lapses"
    CERTIFICATE_LAPSED = "certificate_lapsed"
    POWER_LAPSES = "power_lapses"
    POWER_LAPSED = "power_lapsed"
    FORMAT_NOT_ACTUAL = "format_not_actual"
    METADATA_MISSING = "metadata_missing"
    NO_SIGNER = "no_signer"
    MONTH_NOT_CLOSED = "month_not_closed"

    @property
    def is_an_end(self) -> bool:
        """Nothing more comes by itself: the line stays until a person has seen it."""
        return self in (
            Reason.REFUSED,
            Reason.SIGNED_WITH_DISAGREEMENTS,
            Reason.ANNULLED,
            Reason.CLARIFICATION_ASKED,
        )

    @property
    def text(self) -> str:
        """What it says to the accountant."""
        return _TEXTS[self][0]

    @property
    def remedy(self) -> str:
        """What a person does about it; empty when nothing is to be done."""
        return _TEXTS[self][1]


_TEXTS = {
    Reason.PARTNERS: ("обмен уже установлен", ""),
    Reason.NO_INVITATION_YET: ("приглашения ещё не было", ""),
    Reason.THEY_INVITED_US: ("контрагент сам пригласил нас", ""),
    Reason.NOT_AT_THE_OPERATOR: ("у оператора нет такой организации, приглашаем по ИНН", ""),
    Reason.INVITED_THIS_MONTH: ("приглашение этого месяца отправлено", ""),
    Reason.REMINDED_THIS_MONTH: ("напоминание этого месяца отправлено", ""),
    Reason.SILENT: ("приглашение ждёт ответа", ""),
    Reason.TASK_RUNNING: ("оператор ещё обрабатывает приглашение", ""),
    Reason.ROAMING_REQUEST_FILED: ("заявка на роуминг подана, ждём оператора", ""),
    Reason.ROAMING_SILENT: ("клиент другого оператора мог принять приглашение незаметно для нас, отправляем", ""),
    Reason.PARTNERSHIP_NOT_NEEDED: ("организация принимает документы от всех", ""),
    Reason.SAID_BY_PERSON: ("обмен отмечен установленным вручную", ""),
    Reason.LEFT_ALONE: ("отмечено вручную: не приглашать", ""),
    Reason.REQUISITES: ("реквизиты плательщика не в порядке", "Исправьте ИНН и КПП в карточке клиента."),
    Reason.NOT_PARTNERS: ("обмен не установлен", ""),
    Reason.STILL_RUNNING: ("оператор ещё принимает документ", ""),
    Reason.SEVERAL_BOXES: ("у организации несколько ящиков", "Спросите клиента и запишите ящик на странице закрытий."),
    Reason.BOX_GONE: (
        "записанного ящика больше нет",
        "Узнайте у клиента новый ящик и запишите его на странице закрытий; или сотрите там старый.",
    ),
    Reason.OTHER_KPP: (
        "по ИНН найдены только ящики с другим КПП",
        "Сверьте КПП с клиентом или запишите ящик на странице закрытий.",
    ),
    Reason.LIQUIDATED: ("организация ликвидирована", "Проверьте плательщика: возможно, реквизиты сменились."),
    Reason.BRANCH_NOT_FOUND: (
        "филиала нет у оператора, а по ИНН приглашают только головную организацию",
        "Договоритесь с клиентом, кто подключает филиал.",
    ),
    Reason.ENTREPRENEUR_NOT_FOUND: ("предпринимателя нет у операторов", "Попросите клиента подключить ЭДО."),
    Reason.HIDDEN_ELSEWHERE: (
        "контрагент работает у другого оператора и скрыл свои данные",
        "Попросите клиента пригласить нас к обмену из своей системы ЭДО.",
    ),
    Reason.REFUSED_BY_THEM: (
        "контрагент отказался от обмена",
        "Позвоните клиенту; если ЭДО ему не нужен, отметьте «не приглашать» на странице закрытий.",
    ),
    Reason.REFUSED_BY_US: ("мы отказались от обмена", "Если это ошибка, примите приглашение в веб-интерфейсе."),
    Reason.UNKNOWN_STATUS: ("оператор вернул неизвестный статус", "Передайте инженеру."),
    Reason.INVITATION_FAILED: ("оператор не смог отправить приглашение", "Прочитайте ответ оператора рядом."),
    Reason.INVITATION_WANTS_SIGNATURE: (
        "их приглашение содержит документ на подпись",
        "Подпишите документ в веб-интерфейсе: это и примет приглашение.",
    ),
    Reason.ROAMING_REQUEST_NEEDED: (
        "нужна заявка на роуминг",
        "Подайте заявку у оператора и отметьте это на странице закрытий.",
    ),
    Reason.ROAMING_OPERATOR_INACTIVE: ("оператор контрагента не подключён к роумингу", "Отправляйте бумагу или PDF."),
    Reason.ROAMING_STUCK: (
        "приглашение в роуминге ждёт слишком долго",
        "Спросите клиента; если он принял его у себя, отметьте обмен установленным на странице закрытий.",
    ),
    Reason.NOT_SAYABLE: (
        "в этом формате документ отправить нельзя",
        "Прочитайте причину рядом: исправьте реквизиты или отправьте бумагу.",
    ),
    Reason.NOT_TAKEN: (
        "оператор не принял документ",
        "Исправьте то, что пишет оператор, и отправьте заново; до этого пробуем раз в день.",
    ),
    Reason.NO_ANSWER: (
        "об этом документе оператор ничего не отвечает",
        "Спрашиваем снова при каждой отправке; если строка не ушла за день, передайте инженеру ответ рядом.",
    ),
    Reason.NOT_SIGNED: ("документ не подписан", "Прочитайте ответ сервиса подписи рядом; завтра попробуем ещё раз."),
    Reason.ACCOUNT_FAILS: ("счёт клиента не удалось обработать", "Передайте инженеру."),
    Reason.SIGNING_WAITS: ("подпись ждёт подтверждения", "Подтвердите подпись в приложении или по СМС."),
    Reason.SIGNATURE_INVALID: (
        "наша подпись не прошла проверку",
        "Проверьте сертификат и доверенность, затем подпишите заново.",
    ),
    Reason.DELIVERY_FAILED: ("документ не доставлен", "Прочитайте извещение рядом, затем отправьте заново."),
    Reason.ROAMING_ERROR: ("ошибка в роуминге", "Прочитайте текст рядом; обратитесь к оператору."),
    Reason.REFUSED: ("контрагент отказал в подписи", "Прочитайте причину рядом; исправьте документ или позвоните."),
    Reason.SIGNED_WITH_DISAGREEMENTS: ("подписан с разногласиями", "Прочитайте разногласия и решите, что исправить."),
    Reason.ANNULMENT_ASKED_BY_THEM: (
        "контрагент предлагает аннулировать",
        "Согласитесь или откажите в веб-интерфейсе.",
    ),
    Reason.ANNULLED: ("документ аннулирован", "Решите, нужен ли новый документ."),
    Reason.WAITS_FOR_OUR_SIGNATURE: ("ждёт нашей подписи", "Подпишите и отправьте в веб-интерфейсе."),
    Reason.CLARIFICATION_ASKED: (
        "контрагент просит уточнить документ",
        "Прочитайте просьбу рядом и позвоните клиенту; исправленный документ создайте в веб-интерфейсе.",
    ),
    Reason.OUR_RECEIPT_IS_DUE: (
        "от нас ждут извещения о получении",
        "Прочитайте рядом, почему оно не ушло само, и подпишите его в веб-интерфейсе.",
    ),
    Reason.OPERATOR_REFUSES_US: (
        "оператор не принимает наши запросы",
        "Прочитайте ответ рядом: оплата API, права на ящик или новый токен; затем передайте инженеру.",
    ),
    Reason.CERTIFICATE_LAPSES: ("сертификат подписи скоро истечёт", "Выпустите новый сертификат до срока."),
    Reason.CERTIFICATE_LAPSED: ("сертификат подписи истёк к началу отправки", "Выпустите новый сертификат."),
    Reason.POWER_LAPSES: ("доверенность подписанта скоро истечёт", "Оформите новую доверенность до срока."),
    Reason.POWER_LAPSED: ("доверенность подписанта истекла к началу отправки", "Оформите новую доверенность."),
    Reason.FORMAT_NOT_ACTUAL: ("оператор больше не принимает этот формат", "Передайте инженеру: нужна новая версия."),
    Reason.METADATA_MISSING: ("оператор требует сведения, которых мы не передаём", "Передайте инженеру."),
    Reason.NO_SIGNER: ("не настроена подпись", "Настройте подпись или включите подпись вручную."),
    Reason.MONTH_NOT_CLOSED: ("последний месяц ещё не закрыт", "Дождитесь конца ночного закрытия."),
}
