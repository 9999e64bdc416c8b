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
      'افتحوا «الشكايات». الأولى هي الأقرب إلى أجلها.\nاختاروا عرضا: متأخرة، اليوم، هذا الأسبوع، بلا مكلف.\nابحثوا بكلمة أو برقم إن لزم.\nافتحوا الشكاية ثم «أتكلف بها».\nإن رأيتم اسم زميل فوقها، كلموه قبل الكتابة.',
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
      'افتحوا شكاية حالتها «جواب للمصادقة».\nاقرؤوا الجواب كما سيصل.\nوافقوا فيخرج حالا، أو أعيدوه بملاحظة.\nمن كتب الجواب يرى ملاحظتكم.',
    'guide.assign.title': 'توزيع الشكايات',
    'guide.assign.why': 'لا تبقى شكاية بلا صاحب.',
    'guide.assign.steps':
      'افتحوا عرض «بلا مكلف».\nضعوا علامة أمام الشكايات.\nاختاروا الزميل ثم «تكليف».\nأخطأتم؟ «تراجع» في أعلى الصفحة.',
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
      'افتحوا الشكايات التي حالتها «للتوجيه».\nانظروا الإدارات المقترحة وسببها.\nاختاروا واحدة، أو اكتبوا رمزا آخر.\nأكدوا. يعلم صاحب الشكاية.',
    'guide.failures.title': 'ما تعذر',
    'guide.failures.why': 'لا رسالة تضيع: ما تعذر ينتظر شخصا.',
    'guide.failures.steps':
      'افتحوا «الأعطاب».\nاقرؤوا السبب أمام كل سطر.\nأصلحوا السبب ثم «إعادة المحاولة».\nرسالة لم تفهم: حملوها، ثم أعيدوها أو ضعوها جانبا.',
    'guide.bodies.title': 'قبول الإدارات',
    'guide.bodies.why': 'لا تفتح إدارة وهي غير جاهزة.',
    'guide.bodies.steps':
      'افتحوا «الإدارات».\nاقبلوا الطلب أو ارفضوه بسبب.\nسلموا رابط الدعوة للمسؤول.\nتابعوا ما ينقص كل إدارة.\nعند اكتمال العلامات: «فتح للشكايات».\nتابعوا التقييم بعد ذلك.',
    'guide.merge.title': 'دمج شكايتين عن نفس الأمر',
    'guide.merge.why': 'يقترحها النظام، ولا يدمجها إلا موظف.',
    'guide.merge.steps':
      'افتحوا الشكاية الأحدث. تظهر «شكايات تشبهها. قارنوا قبل أن تحكموا.»\nاضغطوا «قارنوا بينهما»، أو افتحوا «ضمها إلى شكاية مماثلة» واكتبوا «رقم الشكاية الأخرى».\nاقرأوهما جنبا إلى جنب: الوقائع، المكان، اليوم.\n«ضم الشكاية». تغلق هذه، ويعلم صاحبها، ويقرأ جواب الأخرى.\nإن أخطأتم: «فصلها من جديد». تعود بآجالها وتاريخها.',
    'guide.classify.title': 'تصنيف شكاية',
    'guide.classify.why': 'من التصنيف تصنع جداول التقرير السنوي.',
    'guide.classify.steps':
      'افتحوا الشكاية.\nافتحوا «المرفق والسبب»، أو استعملوا نفس اللائحتين عند الفحص أو الجواب.\nاختاروا «المرفق العمومي» ثم «سبب الشكوى».\n«حفظ التصنيف». يمكن تصحيحه حتى بعد الجواب.',
    'guide.templates.title': 'كتابة نماذج الكلمات',
    'guide.templates.why': 'أجوبة واضحة وموحدة، بالعربية والفرنسية.',
    'guide.templates.steps':
      'افتحوا «نماذج الكلمات».\nاختاروا الفعل واللغة، والخدمة إن لزم.\nاكتبوا النص. ما بين حاضنتين يملأ من الشكاية، مثل الرقم واليوم.\n«معاينة»: اقرؤوه كما سيقرؤه الشخص.\n«حفظ». كل تغيير نسخة جديدة، والقديمة تبقى مقروءة.\nعند الجواب: اختاروا «نص جاهز» ثم «إدراج»، وأكملوه.',
    'guide.closing.title': 'أيام إغلاق إدارتكم',
    'guide.closing.why': 'العطل الوطنية تضبطها الوزارة. أيامكم للعلم فقط.',
    'guide.closing.steps':
      'افتحوا «التقويم».\nاقرؤوا العطل الوطنية: بها تحسب الآجال القانونية.\nفي «أيام إغلاق إدارتكم» اكتبوا اليوم وسببه.\nأخطأتم؟ «حذف» أمام اليوم. لا يتغير أي أجل قانوني.',
    'guide.calendar.title': 'ضبط التقويم الوطني',
    'guide.calendar.why': 'عطل الهلال تعلن متأخرة، والآجال تتبعها.',
    'guide.calendar.steps':
      'افتحوا «التقويم».\nسنة جديدة؟ اكتبوها ثم «ملء السنة».\nأعلن العيد في يوم آخر؟ اكتبوا اليوم الجديد أمامه ثم «تغيير اليوم».\nعطلة استثنائية؟ اكتبوا يومها واسمها ثم «إغلاق هذا اليوم».\nاقرؤوا في «آخر التغييرات» كم شكاية تغير أجلها. يعلم بها أصحابها.',
    'guide.policy.title': 'تغيير قواعد الآجال',
    'guide.policy.why': 'نسخة جديدة تبدأ في يوم آت. ما أودع قبلها لا يتغير.',
    'guide.policy.steps':
      'افتحوا «قواعد الآجال» واقرؤوا النسخة السارية.\nغيروا ما يلزم في النسخة الجديدة.\n«ماذا يتغير؟»: قارنوا القواعد وتاريخي شكاية تودع اليوم.\nاكتبوا يوم البداية ثم «إضافة النسخة».\nأخبروا الإدارات قبل ذلك اليوم.',
    'guide.conformance.title': 'تجربة ربط نظامكم',
    'guide.conformance.why': 'قبل فتح الإدارة: سبع قواعد، وتقرير موقع يسمي ما فشل.',
    'guide.conformance.steps':
      'افتحوا «انضمام إدارتي» واختاروا طريق وصول الشكايات.\n«ابدأوا التجربة»: نرسل رسائل صحيحة ومزورة ومكررة.\nفي نظامكم أو في المكتب: أكدوا التوصل بالملف الأول ثم أجيبوا عنه.\nأحيلوا الملف الثاني إلى الإدارة المذكورة فيه.\n«أنهوا التجربة» واقرؤوا كل قاعدة.\nفشلت قاعدة؟ أصلحوها وأعيدوا. «التقرير الموقع» يثبت النجاح.',
    'guide.report.title': 'كتابة التقرير السنوي',
    'guide.report.why': 'الأرقام مكتوبة. يبقى التعليق والتدابير.',
    'guide.report.steps':
      'افتحوا «التقارير» واختاروا السنة ثم «إعداد التقرير».\n«فتح التقرير»: اقرؤوا كل جدول مع السنة السابقة.\nافتحوا «تعليق» تحت الجدول واكتبوا بالعربية والفرنسية، ثم «حفظ».\n«إضافة تدبير»: ماذا، من، متى.\nقارنوا بمعطيات اليوم إن لزم: «مقارنة بمعطيات اليوم».\n«تقديم إلى الوزارة». إن أعيد إليكم، أجيبوا عن كل ملاحظة وقدموه من جديد.',
    'guide.publish.title': 'قبول التقارير ونشرها',
    'guide.publish.why': 'ما نشر لا يتغير أبدا.',
    'guide.publish.steps':
      'افتحوا «التقارير» ثم تقريرا قدم إلى الوزارة.\nاقرؤوا كل قسم، واكتبوا ملاحظة حيث يلزم.\n«إعادة مع ملاحظات»، أو «قبول وتجميد».\nقبلت كل القطاعات؟ أعدوا التقرير التركيبي: مجاميعه تفتح على قطاعاته.\n«نشر». التصحيح بعد ذلك نسخة جديدة بسبب.',
    'guide.numbers.title': 'قراءة المؤشرات',
    'guide.numbers.why': 'لكل رقم صيغته ومجموعته وتاريخه.',
    'guide.numbers.steps':
      'افتحوا «المؤشرات».\nاختاروا الأشهر والنوع والإدارة.\nاقرؤوا تحت كل رقم البسط والمقام ويوم الحساب.\nاضغطوا على رقم لتروا الشكايات التي كونته.\nحملوا الجدول كما يظهر على الشاشة.',
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
      'Ouvrez « Personnel ».\nÉcrivez l’adresse et choisissez le rôle.\nRemettez le lien. Il s’ouvre une fois, pendant 72 heures.\nQuelqu’un est parti : « Suspendre ». Ses sessions se ferment aussitôt.',
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
    'guide.merge.title': 'Réunir deux plaintes identiques',
    'guide.merge.why': 'Le système les propose ; seule une personne les réunit.',
    'guide.merge.steps':
      'Ouvrez la plus récente. « Plaintes qui lui ressemblent. Comparez avant de juger. » les montre.\nCliquez « Comparer les deux », ou ouvrez « Joindre à une plainte semblable » et écrivez le « Numéro de l’autre plainte ».\nLisez-les côte à côte : les faits, le lieu, le jour.\n« Joindre la plainte ». Celle-ci est close ; la personne l’apprend et lira la réponse de l’autre.\nUne erreur ? « La séparer de nouveau » lui rend ses délais et son historique.',
    'guide.classify.title': 'Classer une plainte',
    'guide.classify.why': 'Le rapport annuel en tire ses tableaux.',
    'guide.classify.steps':
      'Ouvrez la plainte.\nOuvrez « Service et cause », ou servez-vous des deux mêmes listes à l’examen ou à la réponse.\nChoisissez le « Service public », puis la « Cause ».\n« Enregistrer ». On peut corriger, même après la réponse.',
    'guide.templates.title': 'Écrire des modèles',
    'guide.templates.why': 'Des réponses claires et égales, en arabe et en français.',
    'guide.templates.steps':
      'Ouvrez « Modèles ».\nChoisissez l’acte et la langue, et le service au besoin.\nÉcrivez le texte. Ce qui est entre accolades se remplit : le numéro, le jour.\n« Aperçu » : lisez-le comme la personne le lira.\n« Enregistrer ». Chaque changement fait une version ; les anciennes restent lisibles.\nEn répondant : « Texte prêt », puis « Insérer », et complétez.',
    'guide.closing.title': 'Jours de fermeture',
    'guide.closing.why': 'Les jours fériés sont ceux du ministère. Les vôtres informent.',
    'guide.closing.steps':
      'Ouvrez « Calendrier ».\nLisez les jours fériés : les délais légaux en dépendent.\nDans « Jours de fermeture de votre administration », écrivez le jour et la raison.\nUne erreur ? « Supprimer » devant le jour. Aucun délai légal ne change.',
    'guide.calendar.title': 'Tenir le calendrier national',
    'guide.calendar.why': 'Les fêtes de la lune s’annoncent tard ; les délais suivent.',
    'guide.calendar.steps':
      'Ouvrez « Calendrier ».\nUne année nouvelle ? Écrivez-la, puis « Remplir l’année ».\nLa fête tombe un autre jour ? Écrivez-le sur sa ligne, puis « Déplacer ».\nUn jour férié exceptionnel ? Le jour, le nom, puis « Fermer ce jour ».\n« Derniers changements » dit combien de plaintes ont changé de date. Chacun le lit dans son suivi.',
    'guide.policy.title': 'Changer les règles des délais',
    'guide.policy.why': 'Une version commence un jour à venir. Le passé ne change pas.',
    'guide.policy.steps':
      'Ouvrez « Règles des délais » et lisez la version en vigueur.\nChangez ce qu’il faut dans la nouvelle.\n« Que change-t-elle ? » : comparez les règles et les deux dates d’une plainte du jour.\nÉcrivez le jour où elle commence, puis « Ajouter la version ».\nPrévenez les administrations avant ce jour.',
    'guide.conformance.title': 'Essayer votre connecteur',
    'guide.conformance.why':
      'Avant l’ouverture : sept règles, et un rapport signé qui nomme celle qui échoue.',
    'guide.conformance.steps':
      'Ouvrez « Mon administration » et choisissez la voie d’arrivée des plaintes.\n« Commencer l’essai » : des messages justes, faux et répétés partent.\nDans votre système ou au bureau : accusez réception du premier dossier, puis répondez-y.\nTransférez le second à l’administration qu’il nomme.\n« Terminer l’essai » et lisez chaque règle.\nUne règle échoue ? Réparez et recommencez. Le « Rapport signé » prouve la réussite.',
    'guide.report.title': 'Écrire le rapport annuel',
    'guide.report.why': 'Les chiffres y sont. Restent le commentaire et les mesures.',
    'guide.report.steps':
      'Ouvrez « Rapports », choisissez l’année, puis « Préparer le rapport ».\n« Ouvrir le rapport » : lisez chaque tableau à côté de l’an passé.\nSous un tableau, « Commentaire » : écrivez en arabe et en français, puis « Enregistrer ».\n« Ajouter une mesure » : quoi, qui, quand.\nAu besoin, « Comparer aux données du jour ».\n« Remettre au ministère ». S’il revient, traitez chaque remarque et remettez-le.',
    'guide.publish.title': 'Accepter et publier un rapport',
    'guide.publish.why': 'Ce qui est publié ne change plus.',
    'guide.publish.steps':
      'Ouvrez « Rapports », puis un rapport remis.\nLisez chaque partie ; écrivez une remarque où il faut.\n« Rendre avec remarques », ou « Accepter et figer ».\nTous les secteurs sont acceptés ? Préparez la synthèse : ses totaux s’ouvrent par secteur.\n« Publier ». Corriger ensuite fait une version, avec son motif.',
    'guide.numbers.title': 'Lire les indicateurs',
    'guide.numbers.why': 'Chaque chiffre a sa formule, son groupe et sa date.',
    'guide.numbers.steps':
      'Ouvrez « Indicateurs ».\nChoisissez les mois, le genre et l’administration.\nSous chaque chiffre, lisez le numérateur, le dénominateur et le jour du calcul.\nOuvrez un chiffre : les plaintes qui le font sont listées.\nTéléchargez le tableau tel qu’il est à l’écran.',
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
      'Open “Complaints”. The first is nearest to its date.\nChoose a view: late, today, this week, nobody’s.\nSearch a word or a number if you need to.\nOpen the complaint and take it.\nA colleague is named at the top? Talk before you write.',
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
      'Open the view “Nobody’s”.\nTick complaints.\nChoose a colleague and assign.\nA mistake? “Undo” at the top of the page.',
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
    'guide.merge.title': 'Merge two complaints about one matter',
    'guide.merge.why': 'The system suggests them; only a person merges them.',
    'guide.merge.steps':
      'Open the newer one. “Complaints that resemble it. Compare before you judge.” lists the others.\nPress “Compare the two”, or open “Merge with a similar complaint” and write the “Number of the other complaint”.\nRead them side by side: the facts, the place, the day.\n“Merge the complaint”. This one is closed; the person is told and will read the other’s answer.\nA mistake? “Take it apart again” gives it back its dates and its history.',
    'guide.classify.title': 'Classify a complaint',
    'guide.classify.why': 'The yearly report makes its tables of it.',
    'guide.classify.steps':
      'Open the complaint.\nOpen “Service and cause”, or use the same two lists while reviewing or answering.\nChoose the “Public service”, then the “Cause”.\n“Save”. It can be corrected, also after the answer.',
    'guide.templates.title': 'Write ready words',
    'guide.templates.why': 'Clear and equal answers, in Arabic and French.',
    'guide.templates.steps':
      'Open “Ready words”.\nChoose the act and the language, and the service where it matters.\nWrite the text. What stands in braces is filled: the number, the day.\n“Preview”: read it as the person will.\n“Keep”. Each change is a version; older ones can still be read.\nWhen you answer: “Ready words”, then “Insert”, and complete them.',
    'guide.closing.title': 'Closing days of your body',
    'guide.closing.why': 'National holidays are the ministry’s. Yours are for information.',
    'guide.closing.steps':
      'Open “Calendar”.\nRead the national holidays: the legal dates depend on them.\nUnder “Closing days of your body”, write the day and the reason.\nA mistake? “Remove” beside the day. No legal date changes.',
    'guide.calendar.title': 'Keep the national calendar',
    'guide.calendar.why': 'Holidays of the moon are announced late; the dates follow.',
    'guide.calendar.steps':
      'Open “Calendar”.\nA new year? Write it, then “Fill the year”.\nThe holiday falls on another day? Write the day on its line, then “Move”.\nA holiday out of the ordinary? Its day and name, then “Close this day”.\n“Last changes” tells of how many complaints a date moved. Each person reads it when tracking.',
    'guide.policy.title': 'Change the deadline rules',
    'guide.policy.why': 'A version starts on a day to come. What was filed before does not change.',
    'guide.policy.steps':
      'Open “Deadline rules” and read the version in force.\nChange what is needed in the new one.\n“What does it change?”: compare the rules, and the two dates of a complaint of today.\nWrite the day it starts, then “Add the version”.\nTell the bodies before that day.',
    'guide.conformance.title': 'Test your connector',
    'guide.conformance.why':
      'Before going live: seven rules, and a signed report that names the one that fails.',
    'guide.conformance.steps':
      'Open “My administration” and choose how complaints come in.\n“Start the test”: true, forged and repeated messages go out.\nIn your system or at the desk: acknowledge the first dossier, then answer it.\nTransfer the second to the body it names.\n“End the test” and read each rule.\nA rule failed? Mend it and start again. The “Signed report” proves that you passed.',
    'guide.report.title': 'Write the yearly report',
    'guide.report.why': 'The figures are there. The commentary and the measures remain.',
    'guide.report.steps':
      'Open “Reports”, choose the year, then “Prepare the report”.\n“Open the report”: read each table beside the year before.\nUnder a table, “Commentary”: write in Arabic and French, then “Save”.\n“Add a measure”: what, who, when.\nIf need be, “Compare with today’s data”.\n“Hand in to the ministry”. If it comes back, settle each remark and hand it in again.',
    'guide.publish.title': 'Accept and publish a report',
    'guide.publish.why': 'What is published never changes.',
    'guide.publish.steps':
      'Open “Reports”, then a report that was handed in.\nRead each section; write a remark where it is needed.\n“Give back with remarks”, or “Accept and freeze”.\nAll sectors accepted? Prepare the synthesis: its totals open by sector.\n“Publish”. A correction afterwards is a new version, with its reason.',
    'guide.numbers.title': 'Read the indicators',
    'guide.numbers.why': 'Each number has its formula, its group and its date.',
    'guide.numbers.steps':
      'Open “Indicators”.\nChoose the months, the kind and the body.\nBeneath each number, read numerator, denominator and the day of counting.\nOpen a number: the complaints it is made of are listed.\nDownload the table as it is on the screen.',
  },
})
