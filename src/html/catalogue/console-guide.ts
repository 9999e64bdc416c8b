import { pageTexts } from './define.ts'

/** The handling guide: one page a task, its steps one a line. */
export const consoleGuide = pageTexts({
  ar: {
    'guide.title': 'الدليل',
    'guide.lead': 'صفحة لكل مهمة. يمكن طبعها.',
    'guide.may': 'من يحق له:',
    'guide.all': 'كل الصفحات',
    'guide.yours': 'مهامكم',
    'guide.others': 'مهام غيركم',
    'guide.find.title': 'إيجاد شكاية وأخذها',
    'guide.find.why': 'الأقرب إلى أجلها القانوني أولا.',
    'guide.find.steps':
      'افتحوا «الشكايات». الأولى هي الأقرب إلى أجلها.\nاختاروا عرضا: متأخرة، اليوم، هذا الأسبوع، بدون موظف.\nابحثوا بكلمة أو برقم إن لزم.\nافتحوا الشكاية ثم «أتكلف بها».\nإن رأيتم اسم زميل فوقها، كلموه قبل الكتابة.',
    'guide.review.title': 'الفحص الشكلي',
    'guide.review.why': 'خمسة أسئلة خلال خمسة عشر يوما.',
    'guide.review.steps':
      'اقرؤوا الكلمات، واسمعوا الصوت بجانب نصه.\nأجيبوا عن الأسئلة الخمسة بنعم أو لا.\nكلها نعم: أكدوا. يعلم صاحب الشكاية ويبدأ أجل الجواب.\nلا واحدة: اختاروا السبب من اللائحة واكتبوا شرحا يفهمه الناس.\nليست من اختصاصكم: أحيلوها، ولا ترفضوها.',
    'guide.ask.title': 'طلب معلومة',
    'guide.ask.why': 'سؤال واحد واضح، يجيب عنه الشخص من أي قناة.',
    'guide.ask.steps':
      'افتحوا «طلب معلومة».\nاكتبوا سؤالا واحدا بكلمات بسيطة.\nأرسلوه. يتوصل به الشخص على قناته.\nجوابه يدخل إلى نفس الشكاية، ويظهر عندكم كجديد.',
    'guide.transfer.title': 'إحالة إلى إدارة أخرى',
    'guide.transfer.why': 'الرقم والتاريخ الأول والآجال تبقى.',
    'guide.transfer.steps':
      'افتحوا «تحويل إلى إدارة أخرى».\nاكتبوا رمز الإدارة أو الوحدة المختصة.\nاكتبوا السبب. تراه الإدارتان وصاحب الشكاية.\nأكدوا. بعد ثلاث إحالات تقرر الوزارة.',
    'guide.answer.title': 'الجواب',
    'guide.answer.why': 'يخرج الجواب على قناة الشخص وبلغته.',
    'guide.answer.steps':
      'انظروا القناة واللغة وعدد الرسائل فوق الخانة.\nاكتبوا: ماذا قررتم، ولماذا، وماذا بعد.\nعاينوا الجواب كما سيصل.\nأرسلوه، أو اقترحوه على المسؤول إن كانت إدارتكم توافق أولا.\nتأخرتم؟ أرسلوا جوابا مرحليا فيه السبب.',
    'guide.identity.title': 'فتح الهوية',
    'guide.identity.why': 'الهوية محجوبة. كل فتح يسجل ويقرؤه صاحبها.',
    'guide.identity.steps':
      'تعاملوا مع الاسم المستعار ما أمكن: الجواب لا يحتاج عنوانا.\nإن لزم، افتحوا «صاحب الشكاية» واختاروا السبب.\nتبقى مفتوحة لكم نصف ساعة.\nالملف الأصلي والرسالة كما وصلت يطلبان سببا كذلك.\nبعد الإحالة لا تفتحها إلا الإدارة الجديدة.',
    'guide.approve.title': 'الموافقة على جواب',
    'guide.approve.why': 'عين ثانية قبل أن يخرج الجواب.',
    'guide.approve.steps':
      'افتحوا شكاية حالتها «جواب ينتظر الموافقة».\nاقرؤوا الجواب كما سيصل.\nوافقوا فيخرج حالا، أو أعيدوه بملاحظة.\nمن كتب الجواب يرى ملاحظتكم.',
    'guide.assign.title': 'توزيع الشكايات',
    'guide.assign.why': 'لا تبقى شكاية بلا صاحب.',
    'guide.assign.steps':
      'افتحوا عرض «بدون موظف».\nضعوا علامة أمام الشكايات.\nاختاروا الزميل ثم «أسندوا».\nأخطأتم؟ «تراجع» في أعلى الصفحة.',
    'guide.members.title': 'دعوة الموظفين',
    'guide.members.why': 'كل شخص له حسابه ودوره.',
    'guide.members.steps':
      'افتحوا «الموظفون».\nاكتبوا البريد واختاروا الدور.\nسلموا الرابط لصاحبه. يفتح مرة واحدة خلال 72 ساعة.\nمن غادر: «إيقاف». تغلق جلساته حالا.',
    'guide.joining.title': 'انضمام إدارتكم',
    'guide.joining.why': 'اثنتا عشرة علامة ثم تفتح للشكايات.',
    'guide.joining.steps':
      'افتحوا «انضمام إدارتي».\nأكملوا الوحدات والموظفين والخدمات والتقويم والنماذج.\nاختاروا كيف تصلكم الشكايات.\nابدأوا التمرين ليعالجه المتدربون.\nابدأوا تجربة الربط وأنهوها.\nعندما تكتمل العلامات تفتحكم الوزارة.',
    'guide.practice.title': 'التمرن',
    'guide.practice.why': 'شكايات وهمية لا تحسب ولا ترسل لأحد.',
    'guide.practice.steps':
      'ادخلوا بدور متدرب: ترون شكايات التمرين وحدها.\nافحصوا كل واحدة ثم أجيبوا أو أحيلوا.\nأخطأتم؟ لا بأس، لا أحد يتوصل بشيء.\nانتهيتم من العشر؟ أخبروا مسؤولكم.',
    'guide.counter.title': 'الشباك',
    'guide.counter.why': 'تسجيل شكاية لشخص أمامكم أو لرسالة ورقية.',
    'guide.counter.steps':
      'افتحوا «الشباك».\nاكتبوا ما يقوله الشخص، أو سجلوا صوته، أو صوروا رسالته.\nاكتبوا الإدارة إن عرفتموها.\nاسألوه كيف نجيبه.\nاقرؤوا له جملة الموافقة ثم سجلوا.\nأرسلنا الوصل إلى هاتفه، أو اطبعوه وسلموه.',
    'guide.triage.title': 'تحديد الإدارة',
    'guide.triage.why': 'شكايات لم يعرف صاحبها لمن يوجهها، أو أحيلت ثلاث مرات.',
    'guide.triage.steps':
      'افتحوا الشكايات التي حالتها «تحديد الإدارة».\nانظروا الإدارات المقترحة وسببها.\nاختاروا واحدة، أو اكتبوا رمزا آخر.\nأكدوا. يعلم صاحب الشكاية.',
    'guide.failures.title': 'ما تعذر',
    'guide.failures.why': 'لا رسالة تضيع: ما تعذر ينتظر شخصا.',
    'guide.failures.steps':
      'افتحوا «الأعطال».\nاقرؤوا السبب أمام كل سطر.\nأصلحوا السبب ثم «أعيدوا المحاولة».\nرسالة لم تفهم: حملوها، ثم أعيدوها أو ضعوها جانبا.',
    'guide.bodies.title': 'قبول الإدارات',
    'guide.bodies.why': 'لا تفتح إدارة وهي غير جاهزة.',
    'guide.bodies.steps':
      'افتحوا «الإدارات».\nاقبلوا الطلب أو ارفضوه بسبب.\nسلموا رابط الدعوة للمسؤول.\nتابعوا ما ينقص كل إدارة.\nعند اكتمال العلامات: «فتح للشكايات».\nتابعوا التقييم بعد ذلك.',
  },
  fr: {
    'guide.title': 'Guide',
    'guide.lead': 'Une page par tâche. Chacune s’imprime.',
    'guide.may': 'Qui le peut :',
    'guide.all': 'Toutes les pages',
    'guide.yours': 'Vos tâches',
    'guide.others': 'Tâches des autres',
    'guide.find.title': 'Trouver et prendre une plainte',
    'guide.find.why': 'La date légale la plus proche d’abord.',
    'guide.find.steps':
      'Ouvrez « Plaintes ». La première est la plus proche de sa date.\nChoisissez une vue : en retard, aujourd’hui, cette semaine, sans agent.\nCherchez un mot ou un numéro au besoin.\nOuvrez la plainte, puis « Je la prends ».\nUn collègue est nommé en haut ? Parlez-lui avant d’écrire.',
    'guide.review.title': 'L’examen de forme',
    'guide.review.why': 'Cinq questions, dans les quinze jours.',
    'guide.review.steps':
      'Lisez les mots, écoutez la voix à côté de son texte.\nRépondez aux cinq questions par oui ou non.\nTout est oui : confirmez. La personne l’apprend et le délai de réponse court.\nUn non : choisissez le motif dans la liste et expliquez-le simplement.\nPas de votre ressort : transférez, ne refusez pas.',
    'guide.ask.title': 'Demander une information',
    'guide.ask.why': 'Une question claire, à laquelle on répond par tout canal.',
    'guide.ask.steps':
      'Ouvrez « Demander une information ».\nÉcrivez une seule question, avec des mots simples.\nEnvoyez. La personne la reçoit sur son canal.\nSa réponse rejoint la même plainte et paraît comme nouvelle.',
    'guide.transfer.title': 'Transférer',
    'guide.transfer.why': 'Le numéro, la première date et les délais restent.',
    'guide.transfer.steps':
      'Ouvrez « Transférer ».\nÉcrivez le code de l’administration ou de l’unité compétente.\nÉcrivez la raison. Les deux administrations et la personne la voient.\nConfirmez. Après trois transferts, le ministère décide.',
    'guide.answer.title': 'Répondre',
    'guide.answer.why': 'La réponse part sur le canal et dans la langue de la personne.',
    'guide.answer.steps':
      'Regardez le canal, la langue et le nombre de SMS au-dessus.\nÉcrivez ce qui est décidé, pourquoi, et la suite.\nRelisez la réponse telle qu’elle arrivera.\nEnvoyez, ou proposez-la si votre administration approuve d’abord.\nEn retard ? Envoyez une réponse d’attente avec la raison.',
    'guide.identity.title': 'Ouvrir l’identité',
    'guide.identity.why': 'Elle est protégée. Chaque ouverture est notée, et lue par la personne.',
    'guide.identity.steps':
      'Travaillez avec le pseudonyme : répondre ne demande pas d’adresse.\nAu besoin, ouvrez « La personne » et choisissez le motif.\nElle reste ouverte pour vous une demi-heure.\nUn fichier original ou le message reçu demandent aussi un motif.\nAprès un transfert, seule la nouvelle administration l’ouvre.',
    'guide.approve.title': 'Approuver une réponse',
    'guide.approve.why': 'Un second regard avant le départ.',
    'guide.approve.steps':
      'Ouvrez une plainte dont la réponse attend l’approbation.\nLisez la réponse telle qu’elle arrivera.\nApprouvez : elle part aussitôt. Ou rendez-la avec une remarque.\nQui l’a écrite voit votre remarque.',
    'guide.assign.title': 'Répartir les plaintes',
    'guide.assign.why': 'Aucune ne reste sans personne.',
    'guide.assign.steps':
      'Ouvrez la vue « Sans agent ».\nCochez des plaintes.\nChoisissez un collègue, puis « Confier ».\nUne erreur ? « Annuler » en haut de la page.',
    'guide.members.title': 'Inviter des collègues',
    'guide.members.why': 'Chacun a son compte et son rôle.',
    'guide.members.steps':
      'Ouvrez « Personnel ».\nÉcrivez l’adresse et choisissez le rôle.\nRemettez le lien. Il s’ouvre une fois, pendant 72 heures.\nQuelqu’un est parti : « Désactiver ». Ses sessions se ferment aussitôt.',
    'guide.joining.title': 'Préparer votre administration',
    'guide.joining.why': 'Douze coches, puis elle ouvre aux plaintes.',
    'guide.joining.steps':
      'Ouvrez « Mon administration ».\nComplétez unités, personnes, services, calendrier et modèles.\nChoisissez comment les plaintes arrivent.\nCommencez l’exercice, que les stagiaires traitent.\nCommencez l’essai de conformité, puis terminez-le.\nQuand tout est coché, le ministère vous ouvre.',
    'guide.practice.title': 'S’exercer',
    'guide.practice.why': 'Des plaintes fictives, qui ne comptent pas et ne partent à personne.',
    'guide.practice.steps':
      'Entrez comme stagiaire : vous ne voyez que l’exercice.\nExaminez chacune, puis répondez ou transférez.\nUne erreur ? Personne ne reçoit rien.\nLes dix sont finies ? Dites-le à votre responsable.',
    'guide.counter.title': 'Le guichet',
    'guide.counter.why': 'Déposer pour une personne présente ou pour une lettre.',
    'guide.counter.steps':
      'Ouvrez « Guichet ».\nÉcrivez ce que dit la personne, enregistrez sa voix ou numérisez sa lettre.\nÉcrivez l’administration si vous la connaissez.\nDemandez comment lui répondre.\nLisez-lui la phrase d’accord, puis déposez.\nLe reçu part à son téléphone, ou imprimez-le et donnez-le.',
    'guide.triage.title': 'Trouver l’administration',
    'guide.triage.why': 'Plaintes sans adresse, ou transférées trois fois.',
    'guide.triage.steps':
      'Ouvrez les plaintes à orienter.\nRegardez les administrations proposées.\nChoisissez-en une, ou écrivez un autre code.\nConfirmez. La personne l’apprend.',
    'guide.failures.title': 'Ce qui a échoué',
    'guide.failures.why': 'Rien ne se perd : ce qui échoue attend quelqu’un.',
    'guide.failures.steps':
      'Ouvrez « Échecs ».\nLisez la raison de chaque ligne.\nRéparez la cause, puis réessayez.\nUn message incompris : téléchargez-le, puis reprenez-le ou écartez-le.',
    'guide.bodies.title': 'Accueillir une administration',
    'guide.bodies.why': 'Aucune n’ouvre sans être prête.',
    'guide.bodies.steps':
      'Ouvrez « Administrations ».\nApprouvez la demande, ou refusez-la avec un motif.\nRemettez le lien d’invitation au responsable.\nSuivez ce qui manque à chacune.\nTout est coché : « Ouvrir aux plaintes ».\nEnsuite, suivez sa note.',
  },
  en: {
    'guide.title': 'Guide',
    'guide.lead': 'One page a task. Each can be printed.',
    'guide.may': 'Who may:',
    'guide.all': 'All pages',
    'guide.yours': 'Your tasks',
    'guide.others': 'Tasks of others',
    'guide.find.title': 'Find and take a complaint',
    'guide.find.why': 'The nearest legal date first.',
    'guide.find.steps':
      'Open “Complaints”. The first is nearest to its date.\nChoose a view: late, today, this week, unassigned.\nSearch a word or a number if you need to.\nOpen the complaint and take it.\nA colleague is named at the top? Talk before you write.',
    'guide.review.title': 'The formal review',
    'guide.review.why': 'Five questions, within fifteen days.',
    'guide.review.steps':
      'Read the words, hear the voice beside its text.\nAnswer the five questions by yes or no.\nAll yes: confirm. The person is told and the clock of the answer runs.\nOne no: choose the ground from the list and explain it simply.\nNot yours: transfer it, never refuse it.',
    'guide.ask.title': 'Ask for information',
    'guide.ask.why': 'One clear question, answered on any channel.',
    'guide.ask.steps':
      'Open the question form.\nWrite a single question in simple words.\nSend it. It reaches the person on their channel.\nThe reply joins the same complaint and shows as new.',
    'guide.transfer.title': 'Transfer',
    'guide.transfer.why': 'Number, first date and clocks stay.',
    'guide.transfer.steps':
      'Open “Transfer”.\nWrite the code of the office or unit that answers for it.\nWrite the reason. Both offices and the person see it.\nConfirm. After three transfers the ministry decides.',
    'guide.answer.title': 'Answer',
    'guide.answer.why': 'The answer goes out on the person’s channel, in their language.',
    'guide.answer.steps':
      'Look at channel, language and number of texts above the field.\nWrite what is decided, why, and what comes next.\nRead the answer as it will arrive.\nSend it, or propose it where your office approves first.\nLate? Send an interim reply with the reason.',
    'guide.identity.title': 'Open the identity',
    'guide.identity.why': 'It is shielded. Each opening is logged, and the person reads it.',
    'guide.identity.steps':
      'Work with the pseudonym: an answer needs no address.\nIf you must, open “The person” and choose the reason.\nIt stays open to you for half an hour.\nAn original file or the message as it came ask for a reason too.\nAfter a transfer only the new office may open it.',
    'guide.approve.title': 'Approve an answer',
    'guide.approve.why': 'A second pair of eyes before it leaves.',
    'guide.approve.steps':
      'Open a complaint whose answer waits for approval.\nRead the answer as it will arrive.\nApprove: it leaves at once. Or return it with a remark.\nWhoever wrote it sees your remark.',
    'guide.assign.title': 'Share out complaints',
    'guide.assign.why': 'None stays with nobody.',
    'guide.assign.steps':
      'Open the view “Unassigned”.\nTick complaints.\nChoose a colleague and assign.\nA mistake? “Undo” at the top of the page.',
    'guide.members.title': 'Invite colleagues',
    'guide.members.why': 'Everyone has an account and a role.',
    'guide.members.steps':
      'Open the members’ page.\nWrite the address and choose the role.\nHand over the link. It opens once, within 72 hours.\nSomebody left: disable them. Their sessions close at once.',
    'guide.joining.title': 'Prepare your administration',
    'guide.joining.why': 'Twelve ticks, then it opens to complaints.',
    'guide.joining.steps':
      'Open “My administration”.\nComplete units, people, services, calendar and templates.\nChoose how complaints come in.\nStart the exercise, which trainees handle.\nStart the conformance test, then end it.\nWhen all is ticked the ministry opens you.',
    'guide.practice.title': 'Practise',
    'guide.practice.why': 'Made-up complaints that count nowhere and go to nobody.',
    'guide.practice.steps':
      'Sign in as a trainee: you see the exercise alone.\nReview each, then answer or transfer.\nA mistake? Nobody receives anything.\nAll ten done? Tell your manager.',
    'guide.counter.title': 'The counter',
    'guide.counter.why': 'File for somebody present, or for a letter.',
    'guide.counter.steps':
      'Open “Counter”.\nWrite what the person says, record their voice or scan their letter.\nWrite the office if you know it.\nAsk how to answer them.\nRead them the sentence of consent, then file.\nThe receipt goes to their phone, or print it and hand it over.',
    'guide.triage.title': 'Find the office',
    'guide.triage.why': 'Complaints without an address, or transferred three times.',
    'guide.triage.steps':
      'Open the complaints that wait for an office.\nLook at the offices that are suggested.\nChoose one, or write another code.\nConfirm. The person is told.',
    'guide.failures.title': 'What failed',
    'guide.failures.why': 'Nothing is lost: what fails waits for a person.',
    'guide.failures.steps':
      'Open “Failures”.\nRead the reason of each line.\nMend the cause, then try again.\nA message nobody understood: download it, then release or dismiss it.',
    'guide.bodies.title': 'Welcome an administration',
    'guide.bodies.why': 'None opens before it is ready.',
    'guide.bodies.steps':
      'Open “Administrations”.\nApprove the request, or refuse it with a reason.\nHand the invitation link to the manager.\nFollow what each still lacks.\nAll ticked: open it to complaints.\nThen follow its score.',
  },
})
