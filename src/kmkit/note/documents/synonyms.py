"""What other people call the sections of a note: the one table of synonyms, and its reading.

A heading is recognised as a *role* ("Contributing factors" tells causes), and each kind says
which of its sections takes which role. To teach kmkit another heading, add it to `HEADINGS`.
"""

import re
import unicodedata
from enum import StrEnum, auto
from functools import lru_cache


class Role(StrEnum):
    """What a part of a document is about, whatever its heading."""

    SUMMARY = auto()
    BACKGROUND = auto()
    EXPECTED = auto()
    EVENTS = auto()
    IMPACT = auto()
    CAUSES = auto()
    WRONG = auto()
    WELL = auto()
    RESPONSE = auto()
    RESULTS = auto()
    LESSONS = auto()
    CHANGE = auto()
    RECOMMENDATIONS = auto()
    ACTIONS = auto()
    PEOPLE = auto()
    DECISIONS = auto()
    DISCUSSION = auto()
    REFERENCES = auto()
    QUESTIONS = auto()
    CONTACTS = auto()
    COSTS = auto()
    STEPS = auto()
    BEFORE = auto()


HEADINGS: dict[Role, str] = {
    Role.SUMMARY: """
        summary; executive summary; overview; abstract; synopsis; tl dr; tldr; in brief;
        at a glance; introduction; short description; description; incident summary; event summary;
        lesson summary; summary of events; what is this about
        résumé; résumé exécutif; synthèse; aperçu; en bref; introduction générale
        resumen; resumen ejecutivo; síntesis; introducción; descripción
        ملخص; الملخص; الملخص التنفيذي; ملخص تنفيذي; موجز; مقدمة; المقدمة; نظرة عامة""",
    Role.BACKGROUND: """
        background; context; context and challenge; situation; setting; purpose; scope; the problem;
        problem; problem statement; challenge; background and context; where we stood;
        purpose of the mission; the setting; about the project; project description; the challenge
        contexte; contexte et défi; situation initiale; cadre; le contexte; problématique; objet
        contexto; antecedentes; contexto y desafío; situación; problema; propósito
        السياق; الخلفية; خلفية; السياق والتحدي; الوضع; المشكلة; الغرض""",
    Role.EXPECTED: """
        what was expected; what was planned; what was supposed to happen; expectations; objectives;
        objective; goals; aims; the plan; plan; planned outcome; expected results; intended outcome;
        what did we expect; what did we expect to happen; what did we set out to do; our intent;
        what was supposed to have happened; what did we plan; expected outcome
        ce qui était prévu; objectifs; résultats attendus; attentes
        lo que se esperaba; objetivos; resultados esperados; qué se esperaba
        ما كان متوقعًا; الأهداف; التوقعات; النتائج المتوقعة""",
    Role.EVENTS: """
        what happened; what actually happened; timeline; time line; chronology; sequence of events;
        course of events; driving event; description of driving event; event description;
        incident description; narrative; events; log; what took place; facts; the facts;
        incident timeline; detailed timeline; event log; the event; what did happen; the incident;
        what occurred; description of event
        ce qui s'est passé; chronologie; déroulement; déroulement des faits; faits
        lo que ocurrió; qué pasó; qué ocurrió; cronología; línea de tiempo; hechos
        ما حدث فعلًا; ما حدث; ماذا حدث; التسلسل الزمني; الجدول الزمني; الأحداث; الوقائع""",
    Role.IMPACT: """
        impact; impacts; consequences; consequence; effects; effect; damage; damages; losses;
        customer impact; user impact; business impact; who was affected; severity; symptoms
        incidence; conséquences; effets; dégâts
        impacto; impactos; consecuencias; efectos; daños
        الأثر; الآثار; التأثير; الأضرار; العواقب""",
    Role.CAUSES: """
        root cause; root causes; contributing factors; contributing factor; causes; cause; analysis;
        why it happened; why did it happen; why it differed; root cause analysis; five whys; 5 whys;
        trigger; triggers; contributing causes; underlying causes; what caused it; factors;
        why was there a difference; why were there differences; reasons; detection; diagnosis;
        causes and contributing factors; proximate cause; technical details
        cause profonde; causes profondes; causes racines; facteurs contributifs; analyse;
        pourquoi cet écart; analyse des causes
        causa raíz; causas; causas raíz; factores contribuyentes; análisis; por qué hubo diferencia
        الأسباب; السبب الجذري; الأسباب الجذرية; العوامل المساهمة; سبب الاختلاف; التحليل""",
    Role.WRONG: """
        what went wrong; what went badly; what didn't go well; what did not go well; challenges;
        what went less well; what didn't work; what did not work; problems; issues; difficulties;
        weaknesses; failures; what could have gone better; what could be better; obstacles;
        what could have been better; negatives; bottlenecks; constraints; gaps; pain points; sad;
        problems encountered; challenges faced; risks; what is about to go wrong; limitations
        ce qui n'a pas marché; ce qui n'a pas fonctionné; difficultés; problèmes; défis; faiblesses;
        difficultés rencontrées; points faibles
        qué salió mal; lo que salió mal; dificultades; problemas; desafíos; debilidades; retos
        ما لم ينجح; التحديات; الصعوبات; المشكلات; المشاكل; نقاط الضعف; ما الخطأ الذي حدث""",
    Role.WELL: """
        what went well; what worked; what worked well; successes; strengths; positives; keep; glad;
        what to keep; where we got lucky; what went right; good practices; best practices; wins;
        continue; what should we keep doing; things that went well; sustain; sustains; keep doing
        ce qui a bien marché; ce qui a bien fonctionné; points forts; succès; réussites;
        ce qu'il faut garder; bonnes pratiques
        qué salió bien; lo que salió bien; qué funcionó; fortalezas; éxitos; logros; qué mantener;
        buenas prácticas
        ما نجح; ما الذي نجح; نقاط القوة; النجاحات; ما ينبغي الإبقاء عليه; الممارسات الجيدة""",
    Role.RESPONSE: """
        resolution; mitigation; mitigations; response; recovery; actions taken; solution; solutions;
        solution and actions; remediation; fix; the fix; workaround; how it was resolved; repair;
        what we did; what was done; immediate actions; interventions; approach; activities;
        mitigation and resolution; how was it resolved; response and recovery; action taken
        solution et actions; résolution; réponse; mesures prises; actions menées; activités
        solución; solución y acciones; respuesta; medidas tomadas; acciones tomadas; actividades
        الحل; الحل والإجراءات; الاستجابة; التدابير المتخذة; الإجراءات المتخذة; المعالجة""",
    Role.RESULTS: """
        results; result; outcome; outcomes; achievements; findings; key findings; what changed;
        results achieved; observations; conclusion; conclusions; what came of it; evaluation
        résultats; résultats obtenus; constats; conclusion générale; réalisations
        resultados; hallazgos; conclusión; conclusiones; observaciones
        النتائج; المخرجات; الاستنتاجات; الخلاصة; الملاحظات""",
    Role.LESSONS: """
        lessons learned; lessons learnt; lesson learned; lesson learnt; lessons; lesson; learnings;
        learning; key lessons; takeaways; take aways; key takeaways; what we learned; insights;
        what we learnt; what did we learn; what have we learned; lessons identified;
        learning points; what we take from it; lessons observed; lessons for the future;
        key learnings; key points
        enseignements; enseignements tirés; leçons apprises; leçons tirées; leçons; leçon;
        ce que nous avons appris; ce que nous en retenons; retour d'expérience; points clés
        lecciones; lecciones aprendidas; lección; lección aprendida; aprendizajes; qué aprendimos;
        lo que aprendimos; enseñanzas
        الدروس; الدروس المستفادة; دروس مستفادة; العبر; الدرس المستفاد; ما نستخلصه; ما تعلمناه""",
    Role.CHANGE: """
        what to change; what should change; what to do differently; what will we do differently;
        what would we do differently; what we would do differently; what we will do differently;
        what to improve; improvements; areas for improvement; improve; what can we do better;
        opportunities for improvement; what can be improved; what could be improved;
        do differently next time;
        what will we do differently next time; what should we do differently; what needs to change
        ce qu'il faut changer; points à améliorer; axes d'amélioration; améliorations
        qué cambiar; qué mejorar; mejoras; aspectos a mejorar; oportunidades de mejora
        ما ينبغي تغييره; مجالات التحسين; التحسينات; ما يمكن تحسينه""",
    Role.RECOMMENDATIONS: """
        recommendations; recommendation; suggestions; suggestion; proposals; advice; we recommend;
        recommended actions; conclusions and recommendations; what peers offered
        recommandations; recommandation; propositions; suggestions d'amélioration; conseils
        recomendaciones; recomendación; sugerencias; propuestas; consejos
        التوصيات; توصيات; المقترحات; الاقتراحات""",
    Role.ACTIONS: """
        action items; action item; actions; action points; next steps; next step; follow up;
        follow ups; follow up actions; to do; todo; to dos; corrective actions; action plan;
        plan of action; who acts; preventive actions; corrective measures; preventative measures;
        tasks; way forward;
        actions to take; what we will do; what we will do next; the way forward; commitments;
        commitments made; what happens next; what's next; corrective and preventive actions
        qui agit; actions à mener; prochaines étapes; suites à donner; plan d'action; suivi;
        mesures correctives; engagements pris
        quién actúa; acciones; próximos pasos; plan de acción; seguimiento; medidas correctivas;
        acciones correctivas; pasos siguientes; tareas
        من يتولى التنفيذ; الإجراءات; الخطوات التالية; المتابعة; خطة العمل; بنود العمل;
        الإجراءات التصحيحية""",
    Role.PEOPLE: """
        attendees; attendants; participants; present; people involved; those present; attendance;
        team; team members; people met; who helped; persons met; facilitator; facilitators; invited;
        participants list; list of participants; who was there; apologies; responders
        présents; participants présents; personnes rencontrées; participantes et participants
        asistentes; participantes; presentes; personas reunidas; equipo
        الحاضرون; الحضور; المشاركون; المشاركين; فريق العمل""",
    Role.DECISIONS: """
        decisions; decision; decisions taken; decisions made; agreed; agreements; resolutions
        décisions; décisions prises; decisiones; acuerdos; القرارات; القرار""",
    Role.DISCUSSION: """
        discussion; discussions; points discussed; minutes; deliberations; agenda; topics discussed
        compte rendu; ordre du jour; deliberación; temas tratados; orden del día
        المناقشة; جدول الأعمال; المداولات""",
    Role.REFERENCES: """
        references; reference; sources; links; evidence; supporting information; further reading;
        related documents; attachments; annex; annexes; appendix; appendices; bibliography;
        where things are; supporting documents; resources
        références; preuves; pièces jointes; bibliographie; referencias; evidencia; anexos; fuentes
        المراجع; المصادر; الأدلة; الملاحق; المرفقات""",
    Role.QUESTIONS: """
        questions; questions asked; question asked; open questions; the question; questions posées
        preguntas; preguntas formuladas; الأسئلة; الأسئلة المطروحة""",
    Role.CONTACTS: "contacts; key contacts; contactos; contacts utiles; جهات الاتصال",
    Role.COSTS: "cost; costs; budget; what it costs; coût; coûts; costo; costos; التكلفة; التكاليف",
    Role.STEPS: "steps; procedure; instructions; étapes; procédure; pasos; الخطوات; خطوات العمل",
    Role.BEFORE: """
        prerequisites; before you start; requirements; what you need; preparation; prérequis
        requisitos; المتطلبات""",
}
"""Headings as people write them, in English, French, Spanish and Arabic."""

_NUMBER = re.compile(
    r"\s*(?:(?:section|part|chapter)\s+)?(?:\d{1,3}(?:\.\d{1,3})*[.):]?|[ivx]{1,5}[.)]|[a-h][.)])\s+",
    re.IGNORECASE,
)
_PLURAL = re.compile(r"(?<=\w)\((?:e?s|n|x)\)", re.IGNORECASE)
_BEFORE = re.compile(
    r"^(?:the|our|key|main|major|overall|brief|general|initial|preliminary|final|some|detailed"
    r"|incident|project|event|les|le|la|los|las|principales|principaux) "
)
_AFTER = re.compile(
    r" (?:of (?:the )?\w+|from (?:the |this )?\w+|for (?:next time|the future)|so far|identified"
    r"|section|summary|list|and [\w ]+|et [\w ]+|y [\w ]+)$"
)
_OTHER_WORDS = frozenset(("clause", "clauses", "auction", "auctions", "tears", "planes", "lessens"))
"""Words one letter away from a heading that are no typing mistake."""
MAX_HEADING = 120
"""A longer line is not looked up."""


def folded(heading: str) -> str:
    """A heading for comparing: no case, accents, punctuation, emphasis, number or emoji."""
    text = _NUMBER.sub("", heading, count=1) if _NUMBER.match(heading) else heading
    text = _PLURAL.sub("", text)
    text = unicodedata.normalize("NFKD", text.replace("&", " and ")).casefold()
    kept = (c if c.isalnum() else "" if unicodedata.combining(c) else " " for c in text)
    return " ".join("".join(kept).split())


def _shortened(word: str) -> set[str]:
    """The word with each one of its letters but the first left out, and the word itself."""
    return {word, *(word[:at] + word[at + 1 :] for at in range(1, len(word)))}


_KNOWN: dict[str, Role] = {
    folded(name): role
    for role, names in HEADINGS.items()
    for name in re.split(r"[;\n]", names)
    if name.strip()
}
_NEAR: dict[str, Role] = {
    near: role
    for name, role in _KNOWN.items()
    if len(name) >= 6 and name.isascii()
    for near in _shortened(name)
}


def _misspelt(name: str) -> Role | None:
    """The role of a name with one wrong, missing, added or moved letter ('Atendees')."""
    if len(name) < 6 or name in _OTHER_WORDS or not name.isascii():
        return None
    return next((_NEAR[near] for near in sorted(_shortened(name)) if near in _NEAR), None)


@lru_cache(maxsize=4096)
def role_of(heading: str) -> Role | None:
    """What a heading announces, or None where the table does not know it."""
    if not heading or len(heading) > MAX_HEADING:
        return None
    name = folded(heading)
    for guess in (name, folded(re.sub(r"\([^()]*\)", " ", heading)), _first_part(heading)):
        if role := _KNOWN.get(guess) or _KNOWN.get(_BEFORE.sub("", guess)):
            return role
        if role := _KNOWN.get(_AFTER.sub("", _BEFORE.sub("", guess))):
            return role
    return _misspelt(name)


def _first_part(heading: str) -> str:
    """What stands before a slash, colon or dash: 'Lessons / next steps' is about lessons."""
    return folded(re.split(r"\s*[/:|]\s*|\s+[-–—]\s+", heading, maxsplit=1)[0])


def is_known(heading: str) -> bool:
    """Whether the table has exactly this heading, typing mistakes aside."""
    return len(heading) <= MAX_HEADING and folded(heading) in _KNOWN
